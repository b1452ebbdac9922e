import {
  describeWithRedis,
  describeWithReplicaPair,
  startProxy,
  startRedis,
  until,
} from '@vitalcache/testing';

import {
  RedisCacheProvider,
  RedisService,
  type RedisServiceOptions,
  type StoreFindings,
} from '../src/index.js';
import { admin } from './faults/admin.js';
import { bytes, cacheClients, portOf, rejection } from './support/server-watch.js';
import { hasOpenssl, tlsFront } from './tls-front.js';

const itWithOpenssl = hasOpenssl ? it : it.skip;

async function using<T>(
  options: RedisServiceOptions,
  body: (provider: RedisCacheProvider) => Promise<T>,
): Promise<T> {
  const provider = new RedisCacheProvider(new RedisService(options));
  await provider.connect();
  try {
    return await body(provider);
  } finally {
    await provider.close();
  }
}

describeWithRedis(
  'RedisService options',
  (store) => {
    describe('credentials', () => {
      const setPassword = (password: string): Promise<unknown> =>
        admin(store().url, 'ACL', 'SETUSER', 'app', 'reset', 'on', `>${password}`, '~*', '+@all');
      const kick = (): Promise<unknown> => admin(store().url, 'CLIENT', 'KILL', 'USER', 'app');

      it('are asked for with each connection: a secret that rotates needs no restart', async () => {
        await setPassword('first');
        let password = 'first';
        const credentials = () => Promise.resolve({ username: 'app', password });
        await using({ url: store().url, credentials, retryDelayMs: 100 }, async (provider) => {
          const log = provider.journal('rotating');
          await log.open('1;x', 0);
          await log.poll?.(0, 1, 10);
          await provider.set('k', bytes('x'), 60_000);
          await setPassword('second');
          await kick();
          const refused = await rejection(
            until(
              'it works',
              () =>
                provider.get('k').then(
                  () => true,
                  () => false,
                ),
              300,
            ),
          );
          expect(refused.message).toContain('not within');
          expect((await rejection(provider.get('k'))).message).toContain('WRONGPASS');
          password = 'second';
          await until('it is back', () =>
            provider.get('k').then(
              () => true,
              () => false,
            ),
          );
          expect((await log.poll?.(0, 1, 1_000))?.records).toHaveLength(1);
          const users = (await cacheClients(store().url)).map(({ user }) => user);
          expect(new Set(users)).toEqual(new Set(['app']));
        });
      });

      it('that can not be had are a state, which ends when they can', async () => {
        await setPassword('third');
        let isVaultOpen = false;
        const credentials = () => {
          if (!isVaultOpen) throw new Error('vault token third has expired');
          return { username: 'app', password: 'third' };
        };
        await using({ url: store().url, credentials, retryDelayMs: 100 }, async (provider) => {
          const { message } = await rejection(provider.get('k'));
          expect(message).toContain('NO_CREDENTIALS');
          expect(message).not.toContain('third');
          isVaultOpen = true;
          await until('it works', () =>
            provider.get('k').then(
              () => true,
              () => false,
            ),
          );
        });
      });
    });

    itWithOpenssl(
      'tlsServerName is what the certificate must hold, wherever the server is',
      async () => {
        const front = await tlsFront(portOf(store()));
        const target = { host: '127.0.0.1', port: front.port, tls: true, tlsCaFile: front.caFile };
        const get = (tlsServerName: string): Promise<unknown> =>
          using({ ...target, tlsServerName, connectTimeoutMs: 1_000 }, (provider) =>
            provider.get('none').catch((error: Error) => error.message),
          );
        expect(await get('localhost')).toBeNull();
        expect(front.names.at(-1)).toBe('localhost');
        expect(await get('cache.internal')).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
        await front.close();
      },
    );

    describe('describe()', () => {
      const configure = async (settings: Readonly<Record<string, string>>): Promise<void> => {
        for (const [name, value] of Object.entries(settings)) {
          await admin(store().url, 'CONFIG', 'SET', name, value);
        }
      };
      const findings = (options: RedisServiceOptions = {}): Promise<readonly StoreFindings[]> =>
        using({ url: store().url, ...options }, (provider) => provider.describe());
      afterEach(() =>
        configure({
          maxmemory: '0',
          'maxmemory-policy': 'noeviction',
          timeout: '0',
          appendonly: 'no',
        }),
      );

      it('tells of one server what it is and how it is set up', async () => {
        await configure({ maxmemory: '100mb' });
        expect(await findings()).toEqual([
          {
            store: `127.0.0.1:${portOf(store())}/0`,
            isReachable: true,
            software: expect.stringMatching(/^(redis|valkey)$/) as string,
            version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
            role: 'primary',
            replicas: 0,
            threads: 1,
            clusterMode: 'off',
            evictionPolicy: 'noeviction',
            maxBytes: 100 * 2 ** 20,
            persistence: { aof: false, fsync: 'everysec', rdb: false },
            idleTimeoutSeconds: 0,
            clockSkewMs: expect.closeTo(0, -3) as number,
            advice: [],
          },
        ]);
      });

      it.each<[Record<string, string>, RedisServiceOptions, RegExp]>([
        [
          { 'maxmemory-policy': 'allkeys-lru' },
          {},
          /allkeys-lru may evict the journal.* Use noeviction/,
        ],
        [{ timeout: '300' }, {}, /idle for 300 s/],
        [{}, { durability: { replicas: 1 } }, /but 0 are in step/],
        [{ maxmemory: '0' }, {}, /no bound \(maxmemory\)/],
      ])('advises on %j with %j', async (settings, options, sentence) => {
        await configure({ maxmemory: '100mb', ...settings });
        const [found] = await findings(options);
        expect(found?.advice).toEqual([expect.stringMatching(sentence)]);
      });

      it('misses the append-only file where durability.aof is asked for', async () => {
        const adviceWith = async (appendonly: string): Promise<string | undefined> => {
          await configure({ maxmemory: '100mb', appendonly });
          const [found] = await findings({ durability: { aof: true } });
          expect(found?.persistence?.aof).toBe(appendonly === 'yes');
          return found?.advice.join();
        };
        expect(await adviceWith('no')).toContain('appendonly is off');
        expect(await adviceWith('yes')).not.toContain('appendonly is off');
      });

      it('tells of each shard, also of one that does not answer', async () => {
        const other = await startRedis();
        const shards = [portOf(store()), portOf(other), 1].map((port) => ({
          host: '127.0.0.1',
          port,
        }));
        const found = await using({ shards }, (provider) => provider.describe());
        expect(found.map(({ store: name, isReachable }) => [name, isReachable])).toEqual([
          [`127.0.0.1:${portOf(store())}/0`, true],
          [`127.0.0.1:${portOf(other)}/0`, true],
          ['127.0.0.1:1/0', false],
        ]);
        expect(found[2]?.advice).toEqual([expect.stringMatching(/does not answer/)]);
        await other.stop();
      });

      it('does without what an ACL user may not ask', async () => {
        await admin(
          store().url,
          'ACL',
          'SETUSER',
          'shy',
          'reset',
          'on',
          '>pw',
          '~*',
          '+@all',
          '-config',
          '-time',
        );
        const [found] = await findings({ username: 'shy', password: 'pw' });
        expect(found).toMatchObject({
          isReachable: true,
          idleTimeoutSeconds: null,
          clockSkewMs: null,
        });
      });
    });
  },
  { needs: ['restart'] },
);

describeWithReplicaPair('addressMap', (pair) => {
  beforeAll(() => pair().inSync());

  it('says how an announced server is reached: a replica behind a tunnel, say', async () => {
    const tunnel = await startProxy({ port: pair().replica.port });
    const { host, port } = pair().replica;
    const { primary } = pair();
    const addressMap = { [`${host}:${port}`]: { host: tunnel.host, port: tunnel.port } };
    await using({ url: primary.url, addressMap }, async (provider) => {
      await until('the replica is connected', () => tunnel.counts.openConnections > 0);
      const before = tunnel.counts.replyBytes;
      await until('it answers reads', async () => {
        await provider.get('none');
        return tunnel.counts.replyBytes > before;
      });
    });
    await tunnel.close();
  });
});
