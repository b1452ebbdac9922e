import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describeWithRedis } from '@vitalcache/testing';

import { RedisCacheProvider, RedisService } from '../src/index.js';

const README = readFileSync(join(__dirname, '../README.md'), 'utf8');
const bytes = Uint8Array.of(1, 2, 3);

describeWithRedis(
  'the ACL rule of the README',
  (store) => {
    const administrate = async (...[command, ...args]: [string, ...string[]]): Promise<void> => {
      const admin = new RedisService({ url: store().url });
      await admin.connect();
      await admin.client.call(command, ...args);
      await admin.close();
    };

    it('lets the provider do all that it does', async () => {
      const rule = /^ACL SETUSER cache .*$/m.exec(README)?.[0].split(' ') as [string, ...string[]];
      await administrate(...rule);
      const service = new RedisService({
        url: store().url,
        username: 'cache',
        password: 'password',
      });
      const provider = new RedisCacheProvider(service);
      await provider.connect();
      const [key, other] = ['vc:app:e:{a}', 'vc:app:e:{b}'];

      await provider.set(key, bytes, 60_000);
      await provider.setMany([{ key: other, value: bytes, ttlMs: 60_000 }]);
      expect(await provider.get(key)).toEqual(bytes);
      expect(await provider.getMany([key, other])).toEqual([bytes, bytes]);
      expect(await provider.setFenced({ key, value: bytes, ttlMs: 60_000 }, 1, 1)).toBe(true);
      const item = { key, value: bytes, ttlMs: 60_000 };
      expect(await provider.setIfUnchanged(item, bytes)).toBe(true);
      expect(await provider.setIfUnchanged(item, null)).toBe(false);
      expect(await provider.acquireLease('vc:app:l:{a}', bytes, 60_000)).toBeNull();
      expect(await provider.extendLease('vc:app:l:{a}', bytes, 60_000)).toBe(true);
      expect(await provider.releaseLease('vc:app:l:{a}', bytes)).toBe(true);
      expect(await provider.del(key)).toBe(1);
      expect(await provider.delMany([other])).toBe(1);
      expect(await provider.invalidateCacheByPattern('vc:app:e:*', 5_000)).toMatchObject({
        complete: true,
      });

      const log = provider.journal('app');
      const { record } = await log.open('1;x', 0);
      expect(await log.append({ kind: 'clear' }, 1)).not.toBeNull();
      expect((await log.read(record.stamp, 10)).records).toHaveLength(1);
      expect(await log.readBackwards(Number.MAX_SAFE_INTEGER, 10)).toHaveLength(2);
      expect((await log.poll?.(record.stamp, 10, 100))?.records).toHaveLength(1);
      expect((await log.advanceEpoch(record.epoch, '1;x', 0)).record.body.kind).toBe('genesis');
      expect(await provider.status()).toMatchObject({ connected: true });
      await provider.close();
      await administrate('ACL', 'DELUSER', 'cache');
    });
  },
  { needs: ['restart'] },
);
