import { setTimeout as sleep } from 'node:timers/promises';

import { CacheService } from '@vitalcache/core';
import { describeWithRedis, startRedis, until, type TestStore } from '@vitalcache/testing';

import { journalKey, RedisCacheProvider, RedisService } from '../src/index.js';
import { admin } from './faults/admin.js';
import { fromEnvironment } from './support/from-environment.js';
import { CommandCounts, portOf } from './support/server-watch.js';

const READ_MS = 200;

describeWithRedis(
  'CacheService on shards',
  (first) => {
    let second: Required<TestStore>;
    let count = 0;
    const opened: CacheService[] = [];
    beforeEach(async () => {
      second = (await startRedis()) as Required<TestStore>;
    });
    afterEach(async () => {
      await second.resume();
      await Promise.all(opened.splice(0).map((cache) => cache.close()));
      await second.stop();
    });

    const shards = () =>
      [first(), second].map((one, i) => ({
        host: '127.0.0.1',
        port: portOf(one),
        name: `shard-${i}`,
      }));
    const namespaceOf = (): string => `${first().prefix}-${++count}`;

    /** A cache as the variables make it, without a tier of its own. */
    const open = async (env: object, namespace: string, readBudgetMs: number) => {
      const { provider, settings } = fromEnvironment({
        CACHE_SHARDS: JSON.stringify(shards()),
        CACHE_CIRCUIT_BREAKER_TIMEOUT: '60000',
        ...env,
      });
      const bounds = { readBudgetMs, invalidationDeadlineMs: 1_000 };
      const own = { ...settings.cache, ...bounds, namespace, l1MaxBytes: 0 };
      const cache = new CacheService(provider, own);
      opened.push(cache);
      await cache.start();
      return { cache, provider };
    };

    const start = async (env: object = {}, namespace = namespaceOf()) => {
      // Filled by one with patience: a breaker that opens now would stay open.
      const { cache: filler } = await open(
        { CACHE_COMMAND_TIMEOUT: '10000', CACHE_CIRCUIT_BREAKER_THRESHOLD: '1000' },
        namespace,
        10_000,
      );
      const keys = Array.from({ length: 40 }, (_, i) => `users:${i}`);
      await Promise.all(keys.map((key) => filler.cache(key, () => 'stored')));
      await filler.settled();
      const quick = { CACHE_COMMAND_TIMEOUT: '400', CACHE_CIRCUIT_BREAKER_THRESHOLD: '4', ...env };
      const { cache, provider } = await open(quick, namespace, READ_MS);
      /** Those that a server really holds. */
      const heldBy = async ({ url }: TestStore): Promise<string[]> => {
        const found = (await admin(url, 'KEYS', `vc:${namespace}:e:*`)) as string[];
        return keys.filter((key) => found.includes(`vc:${namespace}:e:{${key}}`));
      };
      return { cache, provider, keys, heldBy };
    };
    const read = (cache: CacheService, key: string) => cache.read(key, () => 'loaded');
    /** In turns of their own: what fails together counts once. */
    const failAt = async (cache: CacheService, ill: readonly string[]): Promise<void> => {
      for (const key of ill.slice(0, 4)) await read(cache, key);
    };

    it('CACHE_CIRCUIT_BREAKER_THRESHOLD: one shard that hangs opens its own breaker, the others go on hitting', async () => {
      const { cache, heldBy } = await start();
      const [healthy, ill] = [await heldBy(first()), await heldBy(second)];
      expect(Math.min(healthy.length, ill.length)).toBeGreaterThan(3);
      const asked = new CommandCounts(second.url);
      await asked.reset();
      await second.pause();
      await failAt(cache, ill);
      await until('the breaker is open', async () => (await cache.status()).breaker === 'open');
      for (let i = 0; i < 40; i++) {
        const key = ill[i % ill.length] as string;
        expect(await read(cache, key)).toMatchObject({ value: 'loaded' });
      }
      for (const key of healthy) {
        expect(await read(cache, key)).toMatchObject({ value: 'stored', outcome: 'hit' });
      }
      await second.resume();
      // By now it has got what was sent while it hung: no more than what opened the breaker, and that tried again.
      const [gets = 0, mgets = 0] = await asked.of('get', 'mget');
      expect(gets + mgets).toBeGreaterThan(0);
      expect(gets + mgets).toBeLessThan(40);
    });

    it('CACHE_CIRCUIT_BREAKER_TIMEOUT: then one read tries it, and when it answers all do', async () => {
      const { cache, heldBy } = await start({ CACHE_CIRCUIT_BREAKER_TIMEOUT: '600' });
      const ill = await heldBy(second);
      await second.pause();
      await failAt(cache, ill);
      await until('the breaker is open', async () => (await cache.status()).breaker === 'open');
      await second.resume();
      await until('it is closed', async () => {
        await read(cache, ill[0] as string);
        return (await cache.status()).breaker === 'closed';
      });
      expect(await read(cache, ill.at(-1) as string)).toMatchObject({ outcome: 'hit' });
    });

    it('spares a shard whose breaker is open: nothing is sent to it', async () => {
      const { cache, heldBy } = await start();
      const ill = await heldBy(second);
      await admin(second.url, 'CLIENT', 'PAUSE', '1200');
      await failAt(cache, ill);
      await until('the breaker is open', async () => (await cache.status()).breaker === 'open');
      await sleep(1_300);
      const counts = new CommandCounts(second.url);
      await counts.reset();
      await Promise.all(ill.map((key) => read(cache, key)));
      expect(await counts.of('get', 'mget')).toEqual([0, 0]);
    });

    it('does without a shard that is gone for good: its share is loaded, the rest is unharmed', async () => {
      const { cache, keys, heldBy } = await start();
      const [healthy, gone] = [await heldBy(first()), await heldBy(second)];
      await second.kill();
      for (const key of gone) expect(await read(cache, key)).toMatchObject({ value: 'loaded' });
      for (const key of healthy) {
        expect(await read(cache, key)).toMatchObject({ value: 'stored', outcome: 'hit' });
      }
      expect((await cache.status()).store.connected).toBe(false);
      const { recorded } = await cache.invalidateCacheByPattern('users:*');
      expect(recorded).toBe(true);
      for (const key of keys) expect((await read(cache, key)).value).toBe('loaded');
      await cache.settled();
      expect(await read(cache, healthy[0] as string)).toMatchObject({ outcome: 'hit' });
    });

    it('removes by pattern on all shards, and reads what is spread over them at once', async () => {
      const { cache, provider, keys } = await start();
      const prefix = first().prefix;
      const items = keys.map((key) => ({
        key: `${prefix}:swept:${key}`,
        value: Uint8Array.of(1),
        ttlMs: 60_000,
      }));
      await provider.setMany(items);
      const removal = await provider.invalidateCacheByPattern(`${prefix}:swept:*`, 5_000);
      expect(removal).toEqual({ removed: keys.length, complete: true });
      expect((await cache.status()).store.pool.open).toBeGreaterThanOrEqual(2);
    });

    describe('whose processes were told different homes of the journal', () => {
      const connect = async (namespace: string, journal: string): Promise<CacheService> => {
        const service = new RedisService({ shards: shards(), journal, commandTimeoutMs: 500 });
        const config = { namespace, l1MaxBytes: 0, invalidationDeadlineMs: 500 };
        const cache = new CacheService(new RedisCacheProvider(service), config);
        opened.push(cache);
        await cache.start();
        return cache;
      };

      it('the later one refuses, says why and what to do, and works once the marker is deleted', async () => {
        const namespace = namespaceOf();
        const early = await connect(namespace, 'shard-0');
        await early.cache('k', () => 'early');
        const late = await connect(namespace, 'shard-1');
        const { refusal, isBlind } = (await late.status()).journal;
        expect(refusal).toContain('The journal of this namespace is on the shard shard-0');
        expect(refusal).toContain('this process was told shard-1');
        expect(refusal).toContain(`delete ${journalKey(namespace)}:home on every shard`);
        expect(isBlind).toBe(true);
        expect(await late.cache('k', () => 'late')).toBe('late');
        await late.settled();
        expect(await late.cache('k', () => 'late again')).toBe('late again');
        expect((await late.invalidateCache('k')).recorded).toBe(false);
        expect(await early.cache('k', () => 'other')).toBe('early');

        await early.close();
        for (const { url } of [first(), second]) {
          await admin(url, 'DEL', `${journalKey(namespace)}:home`);
        }
        await until(
          'it recovers',
          async () => (await late.status()).journal.refusal === null,
          25_000,
        );
        await until(
          'what waited is recorded',
          async () => (await late.status()).journal.queued === 0,
        );
        expect((await late.invalidateCache('k')).recorded).toBe(true);
        await late.cache('k', () => 'mine');
        await late.settled();
        expect(await late.cache('k', () => 'other')).toBe('mine');
      }, 40_000);
    });
  },
  { needs: ['pause', 'kill'] },
);
