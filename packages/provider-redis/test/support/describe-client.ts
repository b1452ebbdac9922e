import {
  describeJournalLog,
  describeWithCluster,
  describeWithRedis,
  describeWithSentinels,
  startProxy,
  until,
} from '@vitalcache/testing';

import {
  journalKey,
  RedisCacheProvider,
  RedisService,
  type RedisServiceOptions,
} from '../../src/index.js';
import { admin } from '../faults/admin.js';
import { doEverything } from './every-command.js';
import { portOf, rejection } from './server-watch.js';

const KEYS = Array.from({ length: 30 }, (_, i) => ({
  key: `k${i}`,
  value: Uint8Array.of(i),
  ttlMs: 60_000,
}));

/**
 * What a version of ioredis must do for the provider.
 * @param Redis its class, which the test file gives to whoever imports 'ioredis'
 */
export function describeClient(Redis: new () => object): void {
  const using = async (
    options: RedisServiceOptions,
    body: (provider: RedisCacheProvider, service: RedisService) => Promise<void>,
  ): Promise<void> => {
    const service = new RedisService({ retryDelayMs: 200, ...options });
    const provider = new RedisCacheProvider(service);
    await provider.connect();
    try {
      await body(provider, service);
    } finally {
      await provider.close();
    }
  };
  const isUp = (provider: RedisCacheProvider): Promise<void> =>
    until('it is connected', () =>
      provider.get('none').then(
        () => true,
        () => false,
      ),
    );

  describeWithRedis('one Redis', (store) => {
    it('is reached by the version that is meant', async () => {
      await using({ url: store().url }, async (_, { client }) => {
        expect(client).toBeInstanceOf(Redis);
      });
    });

    it('does everything', async () => {
      await store().flush();
      await using({ url: store().url }, (provider) => doEverything(provider));
      await store().flush();
    });

    it('loses its connection, and finds it again; what was under way is tried again, or told', async () => {
      const proxy = await startProxy({ port: portOf(store()) });
      await using({ host: proxy.host, port: proxy.port }, async (provider) => {
        proxy.stallReplies();
        const [set, lease] = [
          provider.set('cut', Uint8Array.of(1), 60_000),
          rejection(provider.acquireLease('cut lease', Uint8Array.of(1), 60_000)),
        ];
        await until('it is sent', async () => (await admin(store().url, 'EXISTS', 'cut')) === 1);
        proxy.cut();
        await set;
        expect((await lease).code).toBe('STORE_UNAVAILABLE');
        await isUp(provider);
      });
      await proxy.close();
    });

    it('tells of a server that refuses, hangs or is not there in the words of the cache', async () => {
      await using({ url: store().url, username: 'nobody', password: 'x' }, async (provider) => {
        expect((await rejection(provider.get('k'))).message).toContain('WRONGPASS');
      });
      await using({ url: store().url, db: 999 }, async (provider) => {
        expect((await rejection(provider.get('k'))).message).toContain('DBINDEX');
      });
      await using({ url: 'redis://127.0.0.1:1' }, async (provider) => {
        expect((await rejection(provider.get('k'))).message).toContain('ECONNREFUSED');
      });
      const proxy = await startProxy({ port: portOf(store()) });
      const bounded = { host: proxy.host, port: proxy.port, commandTimeoutMs: 200 };
      await using(bounded, async (provider) => {
        proxy.stall();
        expect((await rejection(provider.get('k'))).code).toBe('STORE_TIMEOUT');
        await isUp(provider);
      });
      await proxy.close();
    });

    let count = 0;
    describeJournalLog(
      'RedisCacheProvider',
      () => {
        const namespace = `${store().prefix}-${++count}`;
        const services = [1, 2].map(() => new RedisService({ url: store().url }));
        const [one, two] = services.map((service) => new RedisCacheProvider(service)) as [
          RedisCacheProvider,
          RedisCacheProvider,
        ];
        const key = journalKey(namespace);
        return {
          logs: [one.journal(namespace), two.journal(namespace)],
          wipe: async () => void (await admin(store().url, 'DEL', key)),
          trim: async (keep) => void (await admin(store().url, 'XTRIM', key, 'MAXLEN', keep)),
          release: async () => void (await Promise.all([one.close(), two.close()])),
        };
      },
      { lacks: ['onAppend', 'restart'] },
    );
  });

  describeWithSentinels('Redis behind Sentinels', (trio) => {
    it('does everything, before and after a fail-over', async () => {
      const sentinels = { nodes: trio().sentinels, name: trio().name };
      await using({ sentinels, readsReplicas: false }, async (provider) => {
        await doEverything(provider);
        await trio().failover();
        await isUp(provider);
        await (await trio().primary()).flush();
        await doEverything(provider);
      });
    }, 40_000);
  });

  describeWithCluster('Redis Cluster', (cluster) => {
    it('does everything, on all nodes and while a slot moves', async () => {
      const options = { clusterNodes: cluster().nodes, readsReplicas: false };
      await using(options, async (provider) => {
        await doEverything(provider);
        await provider.setMany(KEYS);
        const found = KEYS.map(({ value }) => value);
        const keys = KEYS.map(({ key }) => key);
        const owner = await cluster().nodeOf('k0');
        const target = (await cluster().primaries()).find(({ port }) => port !== owner.port);
        await cluster().migrateSlot(await cluster().slotOf('k0'), target?.port ?? 0, {
          midway: async () => {
            expect(await provider.getMany(keys)).toEqual(found);
            expect(await Promise.all(keys.map((key) => provider.get(key)))).toEqual(found);
            expect(await provider.acquireLease('{k0}', Uint8Array.of(1), 60_000)).toBeNull();
          },
        });
        expect(await provider.getMany(keys)).toEqual(found);
        expect(await provider.delMany(keys)).toBe(keys.length);
      });
    }, 40_000);
  });
}
