import type { CacheService } from '../../src/service/cache.service.js';
import { Fleet, settle, slowLoader } from '../support/fleet.js';

const KEY = 'users:7';

describe.each([
  ['beside a tier of the own process', 2 ** 20],
  ['without one', 0],
])('writing %s', (_, l1MaxBytes) => {
  let fleet: Fleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join({ l1MaxBytes });
  });
  afterEach(() => fleet.close());

  describe('get, then set', () => {
    it('stores nothing that was looked up before an invalidation', async () => {
      expect(await cache.get(KEY)).toBeNull();
      const old = 'looked up before';
      await cache.invalidateCache(KEY); // somebody else writes meanwhile
      expect(await cache.set(KEY, old, 60)).toMatchObject({ recorded: true, stored: false });
      expect(await cache.get(KEY)).toBeNull();
    });

    it('stores when nothing came between', async () => {
      expect(await cache.get(KEY)).toBeNull();
      expect(await cache.set(KEY, 'v1', 60)).toMatchObject({ stored: true });
      expect(await cache.get(KEY)).toBe('v1');
    });

    it('keeps the looks of concurrent requests apart', async () => {
      const request = async (value: string, wait: Promise<unknown>): Promise<boolean> => {
        await cache.get(KEY);
        await wait;
        return (await cache.set(KEY, value, 60)).stored;
      };
      const gate = slowLoader<void>();
      const early = request('early', gate.load());
      await settle();
      await cache.invalidateCache(KEY);
      const late = request('late', Promise.resolve());
      expect(await late).toBe(true);
      gate.resolve();
      expect(await early).toBe(false); // and, as every set, it has made invalid what was there
      expect(await cache.get(KEY)).toBeNull();
    });

    it('counts the look once: a later set is of its own time', async () => {
      await cache.get(KEY);
      await cache.invalidateCache(KEY);
      expect((await cache.set(KEY, 'old', 60)).stored).toBe(false);
      expect((await cache.set(KEY, 'new', 60)).stored).toBe(true);
    });

    it('takes the moment from `since` and `loadedAfter` as well', async () => {
      const fence = cache.fence() as NonNullable<ReturnType<CacheService['fence']>>;
      await cache.invalidateCache(KEY);
      expect((await cache.set(KEY, 'old', { ttl: 60, since: fence })).stored).toBe(false);
      expect((await cache.set(KEY, 'old', { ttl: 60, loadedAfter: fence })).stored).toBe(false);
    });

    it('holds for batchGet and batchSet', async () => {
      expect(await cache.batchGet(['a', 'b'])).toEqual([null, null]);
      await cache.invalidateCache('a');
      const items = ['a', 'b'].map((key) => ({ key, value: `old ${key}`, ttl: 60 }));
      expect(await cache.batchSet(items)).toMatchObject({ recorded: true, failed: 1 });
      expect(await cache.batchGet(['a', 'b'])).toEqual([null, 'old b']);
    });
  });

  describe('batchGet', () => {
    it('answers in the order of its keys, repeated ones included, in one command', async () => {
      await cache.batchSet([
        { key: 'a', value: 1, ttl: 60 },
        { key: 'b', value: { deep: [2] }, ttl: 60, tags: ['t'] },
      ]);
      const other = await fleet.join();
      expect(await other.batchGet(['b', 'missing', 'a', 'b'])).toEqual([
        { deep: [2] },
        null,
        1,
        { deep: [2] },
      ]);
      expect(fleet.store.count('getMany')).toBe(1);
      expect(await other.batchGet([])).toEqual([]);
      await cache.invalidateCacheByTag('t');
      await other.waitFor((await cache.status()).journal.newest);
      expect(await other.batchGet(['a', 'b'])).toEqual([1, null]);
    });

    it('refuses a key that is none', async () => {
      await expect(cache.batchGet(['a', 7 as never])).rejects.toMatchObject({
        code: 'KEY_INVALID',
      });
      await expect(cache.batchGet('a' as never)).rejects.toMatchObject({ code: 'KEY_INVALID' });
    });
  });

  describe('batchSet', () => {
    it('stores the rest when one value can’t be, and counts it', async () => {
      const cyclic: Record<string, unknown> = {};
      cyclic['self'] = cyclic;
      const result = await cache.batchSet([
        { key: 'a', value: 1, ttl: 60 },
        { key: 'b', value: cyclic },
        { key: 'c', value: undefined },
      ]);
      expect(result).toMatchObject({ recorded: true, queued: false, failed: 2 });
      expect(await cache.batchGet(['a', 'b', 'c'])).toEqual([1, null, null]);
    });

    it('writes nothing when one key is none', async () => {
      await expect(
        cache.batchSet([
          { key: 'a', value: 1 },
          { key: '', value: 2 },
        ]),
      ).rejects.toMatchObject({ code: 'KEY_INVALID' });
      expect(await cache.get('a')).toBeNull();
    });

    it('takes the later one of two with the same key', async () => {
      await cache.batchSet([
        { key: 'a', value: 1, ttl: 60 },
        { key: 'a', value: 2, ttl: 60 },
      ]);
      expect(await cache.get('a')).toBe(2);
    });

    it('shares a record', async () => {
      const { journal } = await cache.status();
      await cache.batchSet(Array.from({ length: 50 }, (_, i) => ({ key: `k${i}`, value: i })));
      const { records } = await fleet.store.log.read(journal.position, 1_000);
      expect(records).toHaveLength(1);
    });
  });

  describe('batchDelete', () => {
    it('says how many existed, and makes all invalid everywhere', async () => {
      const other = await fleet.join();
      await cache.batchSet(['a', 'b'].map((key) => ({ key, value: key, ttl: 60 })));
      expect(await other.batchGet(['a', 'b'])).toEqual(['a', 'b']);
      expect(await cache.batchDelete(['a', 'b', 'missing', 'a'])).toBe(2);
      await other.waitFor((await cache.status()).journal.newest);
      expect(await other.batchGet(['a', 'b'])).toEqual([null, null]);
      expect(await cache.batchDelete([])).toBe(0);
    });
  });

  describe('update', () => {
    it('changes the cached value as one step', async () => {
      await cache.set(KEY, { visits: 1 }, 60);
      const result = await cache.update<{ visits: number }>(
        KEY,
        (user) => user && { visits: user.visits + 1 },
        60,
      );
      expect(result).toMatchObject({ stored: true, recorded: true, value: { visits: 2 } });
      expect(await cache.get(KEY)).toEqual({ visits: 2 });
    });

    it('loses none of many at a time, in one process and in several', async () => {
      const caches = [cache, await fleet.join(), await fleet.join()];
      await cache.set(KEY, 0, 600);
      const updates = Promise.all(
        Array.from({ length: 30 }, (_, i) =>
          (caches[i % 3] as CacheService).update<number>(KEY, (n) => (n ?? -1_000) + 1, 600),
        ),
      );
      await fleet.clock.advance(20_000);
      expect((await updates).every(({ stored }) => stored)).toBe(true);
      expect(await cache.read(KEY, () => -1, { consistency: 'strong' })).toMatchObject({
        value: 30,
      });
    });

    it('gets null for what an invalidation covers, and starts again when one comes between', async () => {
      await cache.set(KEY, 1, 60);
      const seen: unknown[] = [];
      await cache.update<number>(
        KEY,
        async (n) => {
          seen.push(n);
          if (seen.length === 1) await cache.invalidateCache(KEY);
          return n === null ? undefined : n + 1;
        },
        60,
      );
      expect(seen).toEqual([1, null]);
      expect(await cache.get(KEY)).toBeNull();
    });

    it('leaves things as they are for undefined', async () => {
      await cache.set(KEY, 1, 60);
      expect(await cache.update(KEY, () => undefined)).toMatchObject({
        recorded: false,
        stored: false,
      });
      expect(await cache.get(KEY)).toBe(1);
    });

    it('passes on what the change throws, and lets the next one through', async () => {
      await cache.set(KEY, 1, 60);
      const error = new Error('no');
      await expect(cache.update(KEY, () => Promise.reject(error))).rejects.toBe(error);
      expect((await cache.update<number>(KEY, (n) => (n ?? 0) + 1, 60)).value).toBe(2);
    });

    it('says so when the store does not answer', async () => {
      await cache.set(KEY, 1, 60);
      fleet.store.failure = new Error('down');
      const update = expect(cache.update(KEY, () => 2)).rejects.toBeDefined();
      await fleet.clock.advance(10_000);
      await update;
      fleet.store.failure = null;
    });
  });

  describe('cacheMany', () => {
    it('asks the loader once, only for what is missing, and caches that', async () => {
      await cache.set('k:2', 'cached', 60);
      const load = jest.fn((keys: readonly string[]) => keys.map((key) => `loaded ${key}`));
      expect(await cache.cacheMany(['k:1', 'k:2', 'k:3', 'k:1'], load)).toEqual([
        'loaded k:1',
        'cached',
        'loaded k:3',
        'loaded k:1',
      ]);
      expect(load.mock.calls.map(([keys]) => keys)).toEqual([['k:1', 'k:3']]);
      await settle();
      expect(await cache.cacheMany(['k:3', 'k:1'], load)).toEqual(['loaded k:3', 'loaded k:1']);
      expect(load).toHaveBeenCalledTimes(1);
    });

    it('takes a Map or an object, and null for what they lack', async () => {
      expect(await cache.cacheMany(['a', 'b'], () => new Map([['b', 2]]))).toEqual([null, 2]);
      expect(await cache.cacheMany(['c', 'toString'], () => ({ c: 3 }))).toEqual([3, null]);
    });

    it('joins loads that are under way, and is joined', async () => {
      const slow = slowLoader<string[]>();
      const single = slowLoader<string>();
      const one = cache.cache('k:1', single.load);
      await settle();
      const many = cache.cacheMany(['k:1', 'k:2'], slow.load);
      await settle();
      const joined = cache.cache('k:2', () => 'never');
      single.resolve('one');
      slow.resolve(['two']);
      await fleet.clock.advance(50);
      expect(await one).toBe('one');
      expect(await many).toEqual(['one', 'two']);
      expect(await joined).toBe('two');
    });

    it('stores nothing of a batch that an invalidation overtook', async () => {
      const slow = slowLoader<string[]>();
      const many = cache.cacheMany(['k:1', 'k:2'], slow.load);
      await settle();
      await cache.invalidateCache('k:1');
      slow.resolve(['old 1', 'old 2']);
      await fleet.clock.advance(50);
      await many;
      expect(await cache.batchGet(['k:1', 'k:2'])).toEqual([null, 'old 2']);
    });

    it('rejects with the error of its loader, and with a name for an answer that is none', async () => {
      const error = new Error('down');
      await expect(cache.cacheMany(['a'], () => Promise.reject(error))).rejects.toBe(error);
      await expect(cache.cacheMany(['b', 'c'], () => [1])).rejects.toMatchObject({
        code: 'VALUE_INVALID',
        message: expect.stringContaining('a list of 1 values for 2 keys'),
      });
    });
  });
});
