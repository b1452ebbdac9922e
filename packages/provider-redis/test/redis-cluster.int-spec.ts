import { CacheService } from '@vitalcache/core';
import { describeWithCluster, until } from '@vitalcache/testing';

import { journalKey, RedisCacheProvider, RedisService } from '../src/index.js';
import { admin } from './faults/admin.js';
import { fromEnvironment, withProvider } from './support/from-environment.js';
import { bytes, CommandCounts, rejection } from './support/server-watch.js';

const BOUND_MS = 60_000;
const keys = Array.from({ length: 60 }, (_, i) => `k${i}`);
const items = keys.map((key) => ({ key, value: bytes(key), ttlMs: 60_000 }));
const values = keys.map(bytes);

describeWithCluster('REDIS_CLUSTER_NODES', (cluster) => {
  const list = (nodes: readonly { host: string; port: number }[]): string =>
    nodes.map(({ host, port }) => `${host}:${port}`).join(',');
  const env = (more: object = {}) => ({
    REDIS_CLUSTER_NODES: list(cluster().nodes),
    CACHE_REPLICATION_ENABLED: 'false',
    CACHE_RETRY_DELAY: '400',
    ...more,
  });
  const countsOfAll = (): CommandCounts[] =>
    cluster().members.map(({ url }) => new CommandCounts(url));
  const total = async (counts: readonly CommandCounts[], command: string): Promise<number> => {
    const found = await Promise.all(counts.map((one) => one.of(command)));
    return found.flat().reduce((a, b) => a + b, 0);
  };
  /** Another primary than the key's. */
  const elsewhere = async (key: string): Promise<number> => {
    const owner = await cluster().nodeOf(key);
    const other = (await cluster().primaries()).find(({ port }) => port !== owner.port);
    return other?.port ?? 0;
  };

  it('spreads keys over all primaries and finds them, alone, together and by pattern', async () => {
    await withProvider(env(), async (provider) => {
      await provider.setMany(items);
      expect(await provider.getMany([...keys, 'none'])).toEqual([...values, null]);
      expect(await Promise.all(keys.map((key) => provider.get(key)))).toEqual(values);
      const sizes = await Promise.all(
        (await cluster().primaries()).map(({ url }) => admin(url, 'DBSIZE')),
      );
      expect(sizes.filter((size) => Number(size) > 5)).toHaveLength(3);
      const removal = await provider.invalidateCacheByPattern('k*', 5_000);
      expect(removal).toEqual({ removed: keys.length, complete: true });
      expect(new Set(keys.map((key) => provider.partitionOf(key))).size).toBe(3);
    });
  });

  it.each<[string, () => Promise<string>]>([
    ['one primary', async () => list((await cluster().primaries()).slice(0, 1))],
    [
      'one replica',
      async () => list((await cluster().replicasOf((await cluster().primaries())[0]!)).slice(0, 1)),
    ],
    [
      'one node behind others that are not there',
      async () => `127.0.0.1:1,127.0.0.1:2,${list(cluster().nodes.slice(0, 1))}`,
    ],
  ])('is found by the name of %s', async (_, nodes) => {
    await withProvider(env({ REDIS_CLUSTER_NODES: await nodes() }), async (provider) => {
      await provider.setMany(items);
      expect(await provider.getMany(keys)).toEqual(values);
    });
  });

  it(
    'one of whose named nodes hangs is found at once by the others',
    async () => {
      const [owner] = await cluster().primaries();
      const [replica] = owner ? await cluster().replicasOf(owner) : [];
      if (!replica) throw new Error('there is no replica');
      await replica.pause();
      const nodes = [replica, ...(await cluster().primaries())];
      // Who waited for it would wait for longer than this test may take.
      const patient = { CACHE_CONNECTION_TIMEOUT: '600000', CACHE_COMMAND_TIMEOUT: '600000' };
      const named = env({ ...patient, REDIS_CLUSTER_NODES: list(nodes) });
      expect(await withProvider(named, (provider) => provider.get('none'))).toBeNull();
      await replica.resume();
      await cluster().settled();
    },
    BOUND_MS,
  );

  it('says what is wrong when no node is there', async () => {
    await withProvider(env({ REDIS_CLUSTER_NODES: '127.0.0.1:1' }), async (provider) => {
      const error = await rejection(provider.get('k'));
      expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(error.message).toContain('REDIS_CLUSTER_NODES');
      expect(provider.partitionOf('k')).toBe('');
    });
  });

  it('reads of one tick are one packet a node, not one command each, and no MGET', async () => {
    await withProvider(env(), async (provider) => {
      const counts = countsOfAll();
      await Promise.all(counts.map((one) => one.reset()));
      await Promise.all(keys.map((key) => provider.get(key)));
      expect(await total(counts, 'mget')).toBe(0);
      expect(await total(counts, 'get')).toBe(keys.length);
    });
  });

  it('describe() and status() tell of each primary', async () => {
    await withProvider(env(), async (provider) => {
      const found = await provider.describe();
      expect(found).toHaveLength(3);
      for (const one of found) {
        expect(one).toMatchObject({
          isReachable: true,
          clusterMode: 'on',
          role: 'primary',
          replicas: 1,
        });
      }
      expect((await provider.status()).connected).toBe(true);
    });
  });

  it('a script that a node does not know is sent to it', async () => {
    await withProvider(env(), async (provider) => {
      for (const { url } of cluster().members)
        await admin(url, 'SCRIPT', 'FLUSH').catch(() => undefined);
      expect(await provider.acquireLease('{k1}lease', bytes('me'), 1_000)).toBeNull();
      expect(
        await provider.setIfUnchanged({ key: 'k-new', value: bytes('x'), ttlMs: 1_000 }, null),
      ).toBe(true);
    });
  });

  describe('a slot that moves', () => {
    it(
      'is followed while it is half there (ASK) and when it has moved (MOVED), by every kind of command',
      async () => {
        await withProvider(env(), async (provider) => {
          const moving = Array.from({ length: 8 }, (_, i) => `{moving}:${i}`);
          const some = moving.map((key) => ({ key, value: bytes(key), ttlMs: 60_000 }));
          await provider.setMany(some);
          const slot = await cluster().slotOf('{moving}');
          const work = async (): Promise<void> => {
            expect(await provider.getMany([...moving, '{moving}:none'])).toEqual([
              ...moving.map(bytes),
              null,
            ]);
            expect(await Promise.all(moving.map((key) => provider.get(key)))).toEqual(
              moving.map(bytes),
            );
            await provider.setMany(some);
            for (const { key, value, ttlMs } of some.slice(0, 3))
              await provider.set(key, value, ttlMs);
            expect(await provider.setFenced(some[0]!, 0, 0)).toBe(true);
            expect(await provider.acquireLease('{moving}:lease', bytes('me'), 60_000)).toBeNull();
            const lease = { key: '{moving}:lease', token: bytes('me') };
            const fresh = { ...some[0]!, key: '{moving}:new', lease };
            expect(await provider.setFencedMany([...some, fresh], 0, 0)).toEqual(
              [...some, fresh].map(() => true),
            );
            expect(await provider.acquireLease('{moving}:lease', bytes('me'), 60_000)).toBeNull();
            expect(await provider.delMany(['{moving}:new'])).toBe(1);
            expect(await provider.releaseLease('{moving}:lease', bytes('me'))).toBe(true);
            expect(await provider.delMany(['{moving}:none'])).toBe(0);
          };
          await work();
          await cluster().migrateSlot(slot, await elsewhere('{moving}'), { midway: work });
          await work();
          expect(await provider.delMany(moving)).toBe(moving.length);
        });
      },
      BOUND_MS,
    );

    it(
      'takes its journal along: appends, reads and a running poll go on in one history',
      async () => {
        const namespace = 'moving-journal';
        const key = journalKey(namespace);
        await withProvider(env(), async (provider) => {
          const log = provider.journal(namespace);
          const { record } = await log.open('1;x', 0);
          await log.append({ kind: 'clear' }, 1);
          let next = 2;
          const midway = async (): Promise<void> => {
            // In migration a stream is at one of the two: here it has gone.
            const added = await log.append({ kind: 'clear' }, next++);
            expect(added === null || added.nonce === next - 1).toBe(true);
            expect((await log.read(record.stamp, 100)).head).not.toBeNull();
          };
          await cluster().migrateSlot(await cluster().slotOf(key), await elsewhere(key), {
            midway,
          });
          await until('records are taken by the new node', async () => {
            const head = await log.open('1;x', 0);
            const epoch = await log.advanceEpoch(head.record.epoch, '1;x', 0);
            return (await log.append({ kind: 'clear' }, 77))?.epoch.stamp === epoch.record.stamp;
          });
          expect((await log.read(record.stamp, 100)).records.some(({ nonce }) => nonce === 1)).toBe(
            true,
          );
          const polled = await log.poll?.(record.stamp, 100, 1_000);
          expect(polled?.records.at(-1)?.nonce).toBe(77);
        });
      },
      BOUND_MS,
    );
  });

  describe('under a cache', () => {
    const open = async (namespace: string): Promise<CacheService> => {
      const { provider } = fromEnvironment(env({ CACHE_REPLICATION_ENABLED: 'true' }));
      const cache = new CacheService(provider, { namespace, l1MaxBytes: 0 });
      await cache.start();
      return cache;
    };
    const isWell = async (cache: CacheService): Promise<void> => {
      await until(
        'invalidations are recorded',
        async () => (await cache.invalidateCache('k')).recorded,
      );
      for (const key of keys.slice(0, 20)) {
        await cache.cache(key, () => 'fresh', { tags: ['t'] });
        await cache.settled();
        await until(`${key} is a hit`, async () => {
          const { value, outcome } = await cache.read(key, () => 'fresh', { tags: ['t'] });
          expect(value).toBe('fresh');
          return outcome === 'hit';
        });
      }
    };

    it(
      'the primary of the journal hands over to its replica: a new epoch, nothing stale',
      async () => {
        const cache = await open('handed-over');
        await Promise.all(keys.map((key) => cache.cache(key, () => 'old', { tags: ['t'] })));
        await cache.settled();
        const owner = await cluster().nodeOf(journalKey('handed-over'));
        const [replica] = await cluster().replicasOf(owner);
        if (replica) await cluster().failover(replica);
        await until('it is recorded', async () => (await cache.invalidateCacheByTag('t')).recorded);
        for (const key of keys)
          expect(await cache.cache(key, () => 'fresh', { tags: ['t'] })).toBe('fresh');
        await isWell(cache);
        await cache.close();
      },
      BOUND_MS,
    );

    it(
      'a primary that is killed is replaced: batches and single reads find its replica',
      async () => {
        const cache = await open('killed');
        await Promise.all(keys.map((key) => cache.cache(key, () => 'old', { tags: ['t'] })));
        await cache.settled();
        const victim = await cluster().nodeOf('vc:killed:e:{k0}');
        await withProvider(env({ CACHE_COMMAND_TIMEOUT: '500' }), async (provider) => {
          await provider.setMany(items);
          await victim.kill();
          await cluster().settled();
          // Batches alone: nothing else tells this provider that the primary is gone.
          await until('a batch finds all keys', async () => {
            await provider.setMany(items).catch(() => undefined);
            const found = await provider.getMany(keys).catch(() => []);
            return found.length === keys.length && found.every((value) => value !== null);
          });
        });
        await until('it is recorded', async () => (await cache.invalidateCacheByTag('t')).recorded);
        for (const key of keys)
          expect(await cache.cache(key, () => 'fresh', { tags: ['t'] })).toBe('fresh');
        await isWell(cache);
        await cache.close();
        await victim.start();
        await cluster().settled();
      },
      BOUND_MS,
    );
  });

  it('a provider that was never connected finds the cluster with its first command', async () => {
    const provider = new RedisCacheProvider(new RedisService({ clusterNodes: cluster().nodes }));
    expect(await provider.get('none')).toBeNull();
    await provider.close();
  });
});
