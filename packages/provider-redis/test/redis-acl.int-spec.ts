import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describeWithRedis } from '@vitalcache/testing';

import { DANGEROUS_COMMANDS, RedisCacheProvider, RedisService } from '../src/index.js';
import { doEverything } from './support/every-command.js';

const README = readFileSync(join(__dirname, '../README.md'), 'utf8');

describeWithRedis(
  'the ACL rule of the README',
  (store) => {
    const administrate = async (...[command, ...args]: [string, ...string[]]): Promise<void> => {
      const admin = new RedisService({ url: store().url });
      await admin.connect();
      await admin.client.call(command, ...args);
      await admin.close();
    };

    /** A service that is signed in as the rule says. */
    const signedIn = async (): Promise<RedisService> => {
      const rule = /^ACL SETUSER cache .*$/m.exec(README)?.[0].split(' ') as [string, ...string[]];
      await administrate(...rule);
      return new RedisService({ url: store().url, username: 'cache', password: 'password' });
    };
    afterEach(() => administrate('ACL', 'DELUSER', 'cache'));

    it('lets the provider do all that it does', async () => {
      const provider = new RedisCacheProvider(await signedIn());
      await provider.connect();
      await doEverything(provider);
      await provider.close();
    });

    /** What the server answers the user. */
    const answerTo = async (command: string): Promise<unknown> => {
      const service = await signedIn();
      await service.connect();
      const [name = '', ...args] = command.split(' ');
      const answer = service.client.call(name, ...args).catch((error: Error) => error.message);
      return answer.finally(() => service.close());
    };

    it.each([...DANGEROUS_COMMANDS, 'CONFIG GET *', 'ACL GETUSER cache', 'SUBSCRIBE any'])(
      'does not let the user run %s',
      async (command) => {
        // Newer servers know DEBUG only where it was switched on.
        expect(await answerTo(command)).toMatch(/^(NOPERM|ERR DEBUG command not allowed)/);
      },
    );

    it.each(['GET other:key', 'SET other:key x', 'XADD other * a b'])(
      'keeps out of keys that are not the cache’s: %s',
      async (command) => {
        expect(await answerTo(command)).toMatch(/^NOPERM.* key/);
      },
    );

    it('lets the others of several keys be read, written, removed and swept where one is not the cache’s', async () => {
      const provider = new RedisCacheProvider(await signedIn());
      await provider.connect();
      const mine = ['vc:some:a', 'vc:some:b'];
      const keys = [mine[0]!, 'other:some', mine[1]!];
      const value = Buffer.from('value');
      const refusal = { code: 'STORE_REFUSED' };
      await administrate('SET', 'other:some', 'theirs');
      const fill = () => provider.setMany(keys.map((key) => ({ key, value, ttlMs: 60_000 })));
      await expect(fill()).rejects.toMatchObject(refusal);
      expect(await provider.getMany(keys)).toEqual([value, null, value]);
      await expect(provider.delMany(keys)).rejects.toMatchObject(refusal);
      expect(await provider.getMany(mine)).toEqual([null, null]);
      await expect(fill()).rejects.toMatchObject(refusal);
      expect(await provider.invalidateCacheByPattern('*:some*', 5_000)).toEqual({
        removed: 2,
        complete: true,
      });
      expect(await provider.getMany(mine)).toEqual([null, null]);
      await administrate('DEL', 'other:some');
      await provider.close();
    });

    it('is what exposure() tells an administrator of the user', async () => {
      const service = await signedIn();
      const admin = new RedisCacheProvider(new RedisService({ url: store().url }));
      await admin.connect();
      const [own] = await admin.exposure();
      expect(own).toMatchObject({ user: 'default', isReachable: true });
      expect(own?.mayRun).toHaveLength(DANGEROUS_COMMANDS.length);
      expect(await admin.exposure('cache')).toMatchObject([{ user: 'cache', mayRun: [] }]);
      await Promise.all([admin.close(), service.close()]);
    });
  },
  { needs: ['restart'] },
);
