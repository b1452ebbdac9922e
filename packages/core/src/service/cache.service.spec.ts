import { MapProvider } from '../../test/support/map.provider.js';
import { polledLog } from '../../test/support/polled-journal.log.js';
import { FakeClock, settle } from '../../test/support/fake-clock.js';
import { isCacheError } from '../errors/cache.error.js';
import { InProcessJournalLog } from '../journal/in-process-journal.log.js';
import { Journal } from '../journal/journal.js';
import type { InvalidationResult } from './cache-results.js';
import { CacheService } from './cache.service.js';

/** A loader whose end the test decides. */
function heldLoader<T>() {
  let release: (value: T) => void = () => undefined;
  const result = new Promise<T>((resolve) => (release = resolve));
  const load = jest.fn(() => result);
  return { load, release };
}

const INVALIDATIONS: [string, (cache: CacheService) => Promise<InvalidationResult>][] = [
  ['key', (cache) => cache.invalidateCache('users:7:profile')],
  ['tag', (cache) => cache.invalidateCacheByTag('user:7')],
  ['prefix', (cache) => cache.invalidateCacheByPattern('users:7:*')],
  ['glob', (cache) => cache.invalidateCacheByPattern('*:7:pro?ile')],
  ['clear', (cache) => cache.clear()],
];
const KEY = 'users:7:profile';
const OPTIONS = { ttl: 60, tags: ['user:7'] };

describe('CacheService', () => {
  describe('cache', () => {
    it('returns on a hit what it returned on the miss', async () => {
      const cache = new CacheService(new MapProvider());
      const value = { at: new Date(5), tags: new Set(['a']), n: -0, big: 12n, none: undefined };
      const load = jest.fn(() => value);
      const miss = await cache.cache(KEY, load, OPTIONS);
      const hit = await cache.cache(KEY, load, OPTIONS);
      expect(miss).toStrictEqual(value);
      expect(hit).toStrictEqual(miss);
      expect(load).toHaveBeenCalledTimes(1);
    });

    it('gives no caller a value that it could change for others', async () => {
      const cache = new CacheService(new MapProvider());
      const source = { list: [1], at: new Date(5) };
      const miss = await cache.cache(KEY, () => source, OPTIONS);
      source.list.push(2);
      expect(() => miss.list.push(3)).toThrow(TypeError);
      miss.at.setTime(9);
      expect(await cache.get(KEY)).toStrictEqual({ list: [1], at: new Date(5) });
    });

    it('knows no stale window without a strategy that serves it', async () => {
      const clock = new FakeClock();
      const cache = new CacheService(new MapProvider(), { clock });
      await cache.cache(KEY, () => 'v', { ttl: 4, jitterRatio: 0 });
      clock.jump(2_500);
      const read = await cache.read(KEY, () => 'v', { ttl: 4 });
      expect(read).toMatchObject({ outcome: 'hit', freshForMs: 1_500, expiresInMs: 1_500 });
    });

    it('calls the loader once for all who ask at the same time', async () => {
      const cache = new CacheService(new MapProvider());
      const { load, release } = heldLoader<string>();
      const reads = Array.from({ length: 50 }, () => cache.read(KEY, load, OPTIONS));
      await settle();
      release('v');
      const results = await Promise.all(reads);
      expect(load).toHaveBeenCalledTimes(1);
      expect(
        results
          .map(({ outcome }) => outcome)
          .sort()
          .slice(0, 2),
      ).toEqual(['joined', 'joined']);
      expect(results.every(({ value }) => value === 'v')).toBe(true);
    });

    it('rejects with the very error of the loader, and caches nothing', async () => {
      const cache = new CacheService(new MapProvider());
      const error = new Error('source is down');
      await expect(cache.cache(KEY, () => Promise.reject(error), OPTIONS)).rejects.toBe(error);
      const thrower = (): string => {
        throw error;
      };
      await expect(cache.cache(KEY, thrower, OPTIONS)).rejects.toBe(error);
      expect(await cache.cache(KEY, () => 'v', OPTIONS)).toBe('v');
    });

    it('does not wait for itself when a loader reads its own key, directly or not', async () => {
      const cache = new CacheService(new MapProvider());
      const inner = jest.fn(() => 'inner');
      expect(await cache.cache(KEY, () => cache.cache(KEY, inner, OPTIONS), OPTIONS)).toBe('inner');
      const viaOther = (): Promise<string> => cache.cache('other', () => cache.cache('a', inner));
      expect(await cache.cache('a', viaOther)).toBe('inner');
      expect(inner).toHaveBeenCalledTimes(2);
    });

    it('caches null for negativeTtlMs and undefined never', async () => {
      const clock = new FakeClock();
      const cache = new CacheService(new MapProvider(), { clock });
      const none = jest.fn(() => null);
      await cache.cache(KEY, none, { ttl: 60, negativeTtlMs: 1_000, jitterRatio: 0 });
      await cache.cache(KEY, none, { ttl: 60 });
      expect(none).toHaveBeenCalledTimes(1);
      clock.jump(1_001);
      await cache.cache(KEY, none, { ttl: 60 });
      expect(none).toHaveBeenCalledTimes(2);
      const nothing = jest.fn(() => undefined);
      await cache.cache('other', nothing);
      await cache.cache('other', nothing);
      expect(nothing).toHaveBeenCalledTimes(2);
    });

    it('does not cache null when only a value could tell the tags', async () => {
      const cache = new CacheService(new MapProvider());
      const none = jest.fn(() => null);
      const tags = (value: { id: string }): string[] => [value.id];
      await cache.cache(KEY, none, { tags });
      await cache.cache(KEY, none, { tags });
      expect(none).toHaveBeenCalledTimes(2);
    });

    it('loads every time and stores nothing when ttl is 0', async () => {
      const provider = new MapProvider();
      const cache = new CacheService(provider);
      const load = jest.fn(() => 'v');
      await cache.cache(KEY, load, { ttl: 0 });
      const { outcome } = await cache.read(KEY, load, { ttl: 0 });
      await cache.settled();
      expect([load.mock.calls.length, provider.bytes.size, outcome]).toEqual([2, 0, 'bypass']);
    });

    it('stores what a forced refresh loaded, without joining a load that began before', async () => {
      const cache = new CacheService(new MapProvider());
      const { load, release } = heldLoader<string>();
      const first = cache.cache(KEY, load, OPTIONS);
      await settle();
      expect(await cache.cache(KEY, () => 'forced', { ...OPTIONS, forceRefresh: true })).toBe(
        'forced',
      );
      release('slow');
      await first;
      await cache.settled();
      expect(await cache.cache(KEY, () => 'never', OPTIONS)).toBe('forced');
    });

    it('returns, uncached and reported once, what it cannot store', async () => {
      const warnings: string[] = [];
      const logger = {
        debug: jest.fn(),
        log: jest.fn(),
        error: jest.fn(),
        warn: (m: string) => void warnings.push(m),
      };
      const cache = new CacheService(new MapProvider(), { logger });
      const cyclic: { self?: unknown } = {};
      cyclic.self = cyclic;
      const load = jest.fn(() => ({ ...cyclic, fn: () => 1 }));
      await cache.cache(KEY, load, { template: 'users:{id}' });
      await cache.cache(KEY, load, { template: 'users:{id}' });
      expect(load).toHaveBeenCalledTimes(2);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain('users:{id}');
    });

    it('names what is wrong with keys, tags and options before it loads', async () => {
      const cache = new CacheService(new MapProvider());
      const load = jest.fn(() => 1);
      const codeOf = async (read: Promise<unknown>): Promise<string> =>
        read.then(
          () => 'none',
          (error: unknown) => (isCacheError(error) ? error.code : 'other'),
        );
      expect(await codeOf(cache.cache('', load))).toBe('KEY_INVALID');
      expect(await codeOf(cache.cache('a\nb', load))).toBe('KEY_INVALID');
      expect(await codeOf(cache.cache('x'.repeat(10_240), load))).toBe('KEY_INVALID');
      expect(await codeOf(cache.cache(7 as unknown as string, load))).toBe('KEY_INVALID');
      expect(await codeOf(cache.cache('k', load, { ttl: -1 }))).toBe('OPTION_INVALID');
      expect(await codeOf(cache.cache('k', load, { ttl: NaN }))).toBe('OPTION_INVALID');
      expect(await codeOf(cache.cache('k', load, { ttl: 10, staleTime: 11 }))).toBe(
        'OPTION_INVALID',
      );
      expect(await codeOf(cache.cache('k', load, { enableSwr: true, useSwr: false }))).toBe(
        'OPTION_INVALID',
      );
      expect(await codeOf(cache.cache('k', load, { tlt: 5 } as object))).toBe('OPTION_INVALID');
      expect(await codeOf(cache.cache('k', load, { enableSwr: true }))).toBe('FEATURE_MISSING');
      expect(await codeOf(cache.cache('k', load, { containsPHI: true }))).toBe('FEATURE_MISSING');
      expect(await codeOf(cache.cache('k', load, { tags: [''] }))).toBe('TAG_INVALID');
      expect(await codeOf(cache.invalidateCacheByPattern('*'))).toBe('PATTERN_INVALID');
      expect(load).not.toHaveBeenCalled();
    });

    it('keeps keys with special characters apart', async () => {
      const cache = new CacheService(new MapProvider());
      const keys = ['a{b}', 'a%7Bb%7D', 'a*', 'a:b', 'a?', '{a}', 'a}', 'a{', 'ä'];
      for (const key of keys) await cache.cache(key, () => key);
      for (const key of keys) expect(await cache.cache(key, () => 'wrong')).toBe(key);
    });
  });

  describe.each(INVALIDATIONS)(
    'a load that overlaps an invalidation by %s',
    (_name, invalidate) => {
      it('is never served to a later read in the same process', async () => {
        const cache = new CacheService(new MapProvider());
        const { load, release } = heldLoader<string>();
        const early = cache.cache(KEY, load, OPTIONS);
        await settle();
        expect((await invalidate(cache)).recorded).toBe(true);
        const late = cache.cache(KEY, () => 'v2', OPTIONS);
        await settle();
        release('v1');
        expect(await early).toBe('v1');
        expect(await late).toBe('v2');
        await cache.settled();
        expect(await cache.cache(KEY, () => 'v3', OPTIONS)).toBe('v2');
      });

      it('is never served by another cache on the same store', async () => {
        const provider = new MapProvider();
        const [loading, other] = [new CacheService(provider), new CacheService(provider)];
        const { load, release } = heldLoader<string>();
        const early = loading.cache(KEY, load, OPTIONS);
        await settle();
        await invalidate(other);
        release('v1');
        await early;
        await loading.settled();
        expect(await other.cache(KEY, () => 'v2', OPTIONS)).toBe('v2');
        expect(await loading.cache(KEY, () => 'v3', OPTIONS)).toBe('v2');
      });

      it('would be served with the fence switched off', async () => {
        const off = [
          jest.spyOn(Journal.prototype, 'isCovered').mockReturnValue(false),
          jest.spyOn(Journal.prototype, 'verdict').mockReturnValue('valid'),
        ];
        try {
          const cache = new CacheService(new MapProvider());
          const { load, release } = heldLoader<string>();
          const early = cache.cache(KEY, load, OPTIONS);
          await settle();
          await invalidate(cache);
          release('v1');
          await early;
          await cache.settled();
          expect(await cache.cache(KEY, () => 'v2', OPTIONS)).toBe('v1');
        } finally {
          for (const spy of off) spy.mockRestore();
        }
      });
    },
  );

  describe.each(INVALIDATIONS)('an invalidation by %s', (name, invalidate) => {
    it('makes what was cached miss and what is loaded next hit', async () => {
      const cache = new CacheService(new MapProvider());
      for (let i = 0; i < (name === 'key' ? 10_000 : 500); i++) {
        await invalidate(cache);
        expect(await cache.cache(KEY, () => i, OPTIONS)).toBe(i);
        expect(await cache.cache(KEY, () => -1, OPTIONS)).toBe(i);
      }
    });

    it('leaves what it does not cover alone', async () => {
      const cache = new CacheService(new MapProvider());
      await cache.cache('users:70:profile', () => 'other', { tags: ['user:70'] });
      await invalidate(cache);
      const kept = await cache.cache('users:70:profile', () => 'reloaded');
      expect(kept).toBe(name === 'clear' ? 'reloaded' : 'other');
    });
  });

  describe('set', () => {
    it('is seen by the next read, here and elsewhere', async () => {
      const provider = new MapProvider();
      const [a, b] = [new CacheService(provider), new CacheService(provider)];
      await a.cache(KEY, () => 'old');
      await b.cache(KEY, () => 'old');
      expect((await a.set(KEY, 'new', 60)).recorded).toBe(true);
      expect([await a.get(KEY), await b.get(KEY)]).toEqual(['new', 'new']);
    });

    it('stores nothing that an invalidation at the same time covers', async () => {
      const cache = new CacheService(new MapProvider());
      await cache.cache('warm', () => 1);
      const [set] = await Promise.all([
        cache.set(KEY, 'doomed', OPTIONS),
        cache.invalidateCacheByTag('user:7'),
      ]);
      expect(set.recorded).toBe(true);
      expect(await cache.get(KEY)).toBeNull();
    });

    it('refuses undefined and what cannot be stored, leaving what was there', async () => {
      const cache = new CacheService(new MapProvider());
      await cache.set(KEY, 'kept');
      await expect(cache.set(KEY, undefined)).rejects.toMatchObject({ code: 'VALUE_INVALID' });
      await expect(cache.set(KEY, () => 1)).rejects.toMatchObject({ code: 'VALUE_INVALID' });
      expect(await cache.get(KEY)).toBe('kept');
    });
  });

  describe('two sets of one key at the same time', () => {
    it('leave neither value behind for which the other was later', async () => {
      const cache = new CacheService(new MapProvider());
      await cache.cache('warm', () => 1);
      const [a, b] = await Promise.all([cache.set(KEY, 'A'), cache.set(KEY, 'B')]);
      expect([a.recorded, b.recorded]).toEqual([true, true]);
      const value = await cache.get(KEY);
      expect([value === 'A' && a.stored, value === 'B' && b.stored, value === null]).toContain(
        true,
      );
      expect(value).not.toBe('A');
    });
  });

  describe('isolation', () => {
    it('gives those who join a load values of their own', async () => {
      const cache = new CacheService(new MapProvider());
      const load = (): Promise<Map<string, number>> => Promise.resolve(new Map([['a', 1]]));
      const [a, b] = await Promise.all([cache.cache(KEY, load), cache.cache(KEY, load)]);
      a.set('evil', 1);
      expect(b).toEqual(new Map([['a', 1]]));
    });

    it('does not share what it cannot copy', async () => {
      const cache = new CacheService(new MapProvider());
      const load = jest.fn(() => Promise.resolve({ list: [1], stop: () => 1 }));
      const [a, b] = await Promise.all([cache.cache(KEY, load), cache.cache(KEY, load)]);
      a.list.push(2);
      expect(b.list).toEqual([1]);
    });
  });

  describe('tags', () => {
    it('are a list, whoever gives them', async () => {
      const cache = new CacheService(new MapProvider());
      const load = jest.fn(() => 'v');
      const tags = new Set(['t']) as unknown as string[];
      await expect(cache.cache(KEY, load, { tags })).rejects.toMatchObject({ code: 'TAG_INVALID' });
      await cache.cache(KEY, load, { tags: () => tags });
      await cache.cache(KEY, load, { tags: () => tags });
      expect(load).toHaveBeenCalledTimes(2); // returned, not cached
      for (const bad of [[''], ['a\nb'], [5], 'abc', Array.from({ length: 200 }, String)]) {
        await expect(cache.set(KEY, 'v', { tags: bad as string[] })).rejects.toMatchObject({
          code: 'TAG_INVALID',
        });
      }
    });

    it('are those of the call, whatever becomes of the list', async () => {
      const cache = new CacheService(new MapProvider());
      const tags = ['t'];
      const { load, release } = heldLoader<string>();
      const reading = cache.cache(KEY, load, { tags });
      await settle();
      tags.length = 0;
      release('v1');
      await reading;
      await cache.invalidateCacheByTag('t');
      expect(await cache.cache(KEY, () => 'v2')).toBe('v2');
    });
  });

  it('never stores what only healthcare-phi may hold', async () => {
    const provider = new MapProvider();
    const cache = new CacheService(provider);
    const options = { containsPHI: true, complianceLevel: 'restricted' } as const;
    await expect(cache.set(KEY, 'secret', options)).rejects.toMatchObject({
      code: 'FEATURE_MISSING',
    });
    expect(provider.bytes.size).toBe(0);
  });

  it('keeps what a forced refresh loaded against a slow read of the store', async () => {
    const provider = new MapProvider();
    const writer = new CacheService(provider);
    await writer.cache(KEY, () => 'v1', OPTIONS);
    await writer.settled();
    const clock = new FakeClock(Date.now() + 5);
    const cache = new CacheService(provider, { clock });
    await cache.start();
    const get = provider.get.bind(provider);
    let release: () => void = () => undefined;
    provider.get = async (key) => {
      const bytes = await get(key);
      await new Promise<void>((resolve) => (release = resolve));
      return bytes;
    };
    const slow = cache.get(KEY);
    await settle();
    clock.jump(10);
    await cache.cache(KEY, () => 'v2', { ...OPTIONS, forceRefresh: true });
    release();
    await slow;
    expect(await cache.cache(KEY, () => 'v3', OPTIONS)).toBe('v2');
  });

  it('names options that are none and loaders that are none', async () => {
    const cache = new CacheService(new MapProvider());
    const invalid = { code: 'OPTION_INVALID' };
    await expect(cache.cache('k', () => 1, 60 as never)).rejects.toMatchObject(invalid);
    await expect(cache.cache('k', () => 1, null as never)).rejects.toMatchObject(invalid);
    await expect(cache.cache('k', () => 1, { ttl: 10n as never })).rejects.toMatchObject(invalid);
    await expect(cache.cache('k', undefined as never)).rejects.toMatchObject(invalid);
    expect(await cache.waitFor(0)).toBe(false);
  });

  it('ends a loader that reads its own key without end', async () => {
    const cache = new CacheService(new MapProvider());
    const load = (): Promise<string> => cache.cache(KEY, load);
    await expect(cache.cache(KEY, load)).rejects.toMatchObject({ code: 'LOAD_REENTRANT' });
  });

  describe('del', () => {
    it('says whether there was something', async () => {
      const cache = new CacheService(new MapProvider());
      await cache.set(KEY, 'v');
      expect([await cache.del(KEY), await cache.del(KEY)]).toEqual([true, false]);
      expect(await cache.get(KEY)).toBeNull();
    });
  });

  describe('a process of its own', () => {
    it('serves nothing stale to a strong read, before its tail has seen the invalidation', async () => {
      const log = new InProcessJournalLog();
      const shared = new MapProvider(log);
      const remoteView = polledLog(log);
      const remoteProvider = new MapProvider(remoteView);
      const [here, there] = [new CacheService(shared), new CacheService(remoteProvider)];
      remoteProvider.bytes.set = (key, value) => shared.bytes.set(key, value);
      await there.cache(KEY, () => 'v1', OPTIONS);
      await here.invalidateCacheByTag('user:7');
      expect(await there.cache(KEY, () => 'v2', OPTIONS)).toBe('v1'); // eventual: within the lag
      expect(await there.cache(KEY, () => 'v2', { ...OPTIONS, consistency: 'strong' })).toBe('v2');
      await there.close();
    });

    it('applies what it polls', async () => {
      const log = new InProcessJournalLog();
      const view = polledLog(log);
      const there = new CacheService(new MapProvider(view));
      const here = new CacheService(new MapProvider(log));
      await there.cache(KEY, () => 'v1', OPTIONS);
      await here.invalidateCacheByTag('user:7');
      await settle();
      view.deliver();
      await settle();
      expect(await there.cache(KEY, () => 'v2', OPTIONS)).toBe('v2');
      await there.close();
    });

    it('goes to the loader when it is blind for too long, and says so', async () => {
      const clock = new FakeClock();
      const log = new InProcessJournalLog({ now: () => clock.now() });
      const view = polledLog(log);
      const cache = new CacheService(new MapProvider(view), { clock });
      await cache.cache(KEY, () => 'v1', { ttl: 3600, jitterRatio: 0 });
      view.isCut = true;
      clock.jump(29_000);
      expect(await cache.cache(KEY, () => 'v2')).toBe('v1');
      expect((await cache.status()).journal.isBlind).toBe(true);
      clock.jump(2_000);
      expect(await cache.cache(KEY, () => 'v2')).toBe('v2');
      await cache.close();
    });

    it('queues an invalidation that the store does not take, honours it at once, and records it later', async () => {
      const clock = new FakeClock();
      const log = new InProcessJournalLog({ now: () => clock.now() });
      const view = polledLog(log);
      const cache = new CacheService(new MapProvider(view), {
        clock,
        invalidationDeadlineMs: 2_000,
      });
      await cache.cache(KEY, () => 'v1', OPTIONS);
      view.isCut = true;
      const invalidation = cache.invalidateCacheByTag('user:7');
      await clock.advance(2_000);
      expect(await invalidation).toMatchObject({ recorded: false, queued: true, stamp: 0 });
      expect(await cache.cache(KEY, () => 'v2', OPTIONS)).toBe('v2');
      view.isCut = false;
      await clock.advance(2_000);
      expect((await cache.status()).journal.queued).toBe(0);
      expect(await log.readBackwards(Infinity, 10)).toHaveLength(2);
      await cache.close();
    });
  });

  describe('status', () => {
    it('refuses a namespace that was begun with other constants, and loads', async () => {
      const log = new InProcessJournalLog();
      await log.open('9;md5', 0);
      const cache = new CacheService(new MapProvider(polledLog(log)));
      const load = jest.fn(() => 'v');
      await cache.cache(KEY, load);
      await cache.cache(KEY, load);
      expect(load).toHaveBeenCalledTimes(2);
      expect((await cache.status()).journal.refusal).toContain('9;md5');
      await cache.close();
    });
  });
});
