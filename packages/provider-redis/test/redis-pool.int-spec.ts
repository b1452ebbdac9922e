import { setImmediate as nextTick, setTimeout as sleep } from 'node:timers/promises';

import {
  describeWithRedis,
  startProxy,
  startRedis,
  until,
  type FaultProxy,
} from '@vitalcache/testing';

import type { RedisCacheProvider } from '../src/index.js';
import { openAdmin } from './faults/admin.js';
import { withProvider } from './support/from-environment.js';
import {
  bytes,
  cacheClients,
  CommandCounts,
  portOf,
  watchCommands,
} from './support/server-watch.js';

describeWithRedis(
  'the variables that say how connections are used',
  (store) => {
    let proxy: FaultProxy;
    beforeAll(async () => {
      proxy = await startProxy({ port: portOf(store()) });
    });
    afterAll(() => proxy.close());
    const env = (more: object = {}) => ({ REDIS_URL: `redis://127.0.0.1:${proxy.port}`, ...more });
    const openCount = async (): Promise<number> => (await cacheClients(store().url)).length;
    const opened = (count: number): Promise<void> =>
      until(`${count} connections`, async () => (await openCount()) === count, 5_000);

    /** Many commands under way for a while, in many ticks: long enough for several connections to be opened. */
    const crowd = async (provider: RedisCacheProvider): Promise<void> => {
      proxy.delay(15);
      const reads: Promise<unknown>[] = [];
      const endsAt = performance.now() + 800;
      for (let i = 0; performance.now() < endsAt; i++) {
        reads.push(provider.get(`k${i}`));
        await (i % 20 === 0 ? sleep(5) : nextTick());
      }
      await Promise.all(reads);
      await proxy.heal();
    };

    /** How many of so many reads, one after another, came on each of the connections. */
    const sources = async (provider: RedisCacheProvider, reads: number): Promise<number[]> => {
      const counts = new Map<string, number>();
      await watchCommands(store().url, async (seen) => {
        for (let i = 0; i < reads; i++) await provider.get('watched');
        const all = () => seen.filter(({ args }) => args[1] === 'watched');
        await until('all were seen', () => all().length === reads);
        for (const { source } of all()) counts.set(source, (counts.get(source) ?? 0) + 1);
      });
      return [...counts.values()];
    };

    describe('CACHE_CONNECTION_POOL_SIZE', () => {
      it('bounds the connections to one store, which are opened as they are needed', async () => {
        await withProvider(env({ CACHE_CONNECTION_POOL_SIZE: '3' }), async (provider) => {
          expect(await openCount()).toBe(1);
          await crowd(provider);
          expect(await openCount()).toBe(3);
          expect((await provider.status()).pool.open).toBe(3);
        });
      });

      it('of 1 means one connection, whatever the load', async () => {
        await withProvider(env({ CACHE_CONNECTION_POOL_SIZE: '1' }), async (provider) => {
          await crowd(provider);
          expect(await openCount()).toBe(1);
        });
      });
    });

    describe('CACHE_MAX_CONNECTIONS', () => {
      it('bounds all connections together, that of the journal included', async () => {
        await withProvider(env({ CACHE_MAX_CONNECTIONS: '4' }), async (provider) => {
          const log = provider.journal(`${store().prefix}-max`);
          await log.open('1;x', 0);
          log.poll?.(Number.MAX_SAFE_INTEGER, 1, 9_000).catch(() => undefined);
          await opened(2);
          await crowd(provider);
          expect(await openCount()).toBe(4);
        });
      });

      it('bounds those to several stores together', async () => {
        const other = await startRedis();
        const shards = [proxy.port, portOf(other)].map((port) => ({ host: '127.0.0.1', port }));
        const more = { CACHE_MAX_CONNECTIONS: '5', CACHE_SHARDS: JSON.stringify(shards) };
        await withProvider({ ...more, CACHE_AUTO_SCALING_ENABLED: 'false' }, async (provider) => {
          await provider.getMany(Array.from({ length: 50 }, (_, i) => `k${i}`));
          await sleep(100);
          const counts = [await openCount(), (await cacheClients(other.url)).length];
          expect(counts.reduce((a, b) => a + b)).toBe(5);
          expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
        });
        await other.stop();
      });
    });

    describe('CACHE_AUTO_SCALING_ENABLED', () => {
      it('false: the whole pool is open from the start, and stays', async () => {
        const more = { CACHE_AUTO_SCALING_ENABLED: 'false', CACHE_CONNECTION_POOL_SIZE: '6' };
        await withProvider(env(more), async () => opened(6));
      });

      it('true: one connection is enough for little', async () => {
        const more = { CACHE_AUTO_SCALING_ENABLED: 'true', CACHE_CONNECTION_POOL_SIZE: '6' };
        await withProvider(env(more), async (provider) => {
          for (let i = 0; i < 100; i++) await provider.get('k');
          expect(await openCount()).toBe(1);
        });
      });

      it('follows a change at run time', async () => {
        await withProvider(env({ CACHE_CONNECTION_POOL_SIZE: '4' }), async (provider) => {
          provider.tune({ isBatching: true, isBalanced: true, isScaling: false });
          await provider.get('k');
          await opened(4);
        });
      });
    });

    describe('CACHE_LOAD_BALANCING_ENABLED', () => {
      const fixed = { CACHE_AUTO_SCALING_ENABLED: 'false', CACHE_CONNECTION_POOL_SIZE: '3' };

      it('false: connections take turns', async () => {
        const more = { ...fixed, CACHE_LOAD_BALANCING_ENABLED: 'false' };
        await withProvider(env(more), async (provider) => {
          await opened(3);
          expect(await sources(provider, 30)).toEqual([10, 10, 10]);
        });
      });

      it('true: what is free is used, not each in turn', async () => {
        const more = { ...fixed, CACHE_LOAD_BALANCING_ENABLED: 'true' };
        await withProvider(env(more), async (provider) => {
          await opened(3);
          expect(await sources(provider, 30)).toEqual([30]);
        });
      });
    });

    describe('CACHE_ENABLE_BATCH', () => {
      const keys = Array.from({ length: 40 }, (_, i) => `batch:${i}`);
      const counts = (): CommandCounts => new CommandCounts(store().url);
      const readAll = (provider: RedisCacheProvider): Promise<unknown> =>
        Promise.all(keys.map((key) => provider.get(key)));

      it('true: the reads of one tick are one MGET', async () => {
        await withProvider(env({ CACHE_ENABLE_BATCH: 'true' }), async (provider) => {
          await counts().reset();
          await readAll(provider);
          await provider.get('alone');
          expect(await counts().of('mget', 'get')).toEqual([1, 1]);
        });
      });

      it('false: each read is a GET, and batches of the caller still work', async () => {
        await withProvider(env({ CACHE_ENABLE_BATCH: 'false' }), async (provider) => {
          await counts().reset();
          await readAll(provider);
          expect(await counts().of('mget', 'get')).toEqual([0, keys.length]);
          const items = keys.map((key) => ({ key, value: bytes(key), ttlMs: 60_000 }));
          await provider.setMany(items);
          expect(await provider.getMany(keys)).toEqual(keys.map(bytes));
          expect(await provider.delMany(keys)).toBe(keys.length);
          expect(await counts().of('mget', 'set', 'unlink')).toEqual([1, keys.length, 1]);
        });
      });
    });

    it('does with what it gets when the server takes no more connections', async () => {
      const server = await openAdmin(store().url);
      await server.run('CONFIG', 'SET', 'maxclients', 4);
      const more = { CACHE_AUTO_SCALING_ENABLED: 'false', CACHE_CONNECTION_POOL_SIZE: '8' };
      await withProvider(env(more), async (provider, { lines }) => {
        await sleep(200);
        for (let i = 0; i < 20; i++) expect(await provider.get('none')).toBeNull();
        expect(lines).toEqual([expect.stringMatching(/: connected$/)]);
        expect((await provider.status()).pool.open).toBe(3);
      });
      await server.run('CONFIG', 'SET', 'maxclients', 10_000);
      server.close();
    });
  },
  { needs: ['restart'] },
);
