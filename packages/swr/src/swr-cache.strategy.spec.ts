import {
  CACHE_DEFAULTS,
  CacheService,
  InProcessJournalLog,
  resolveOptions,
  type CachePriority,
  type FoundEntry,
  type ICacheProvider,
  type ReadRequest,
  type RefreshOutcome,
  type RefreshRefusal,
  type StrategyEngine,
} from '@vitalcache/core';
import { FakeClock } from '@vitalcache/testing';
import fc from 'fast-check';

import { RefreshScheduler } from './scheduler/refresh-scheduler.js';
import { SWRCacheStrategy, type SWRCacheStrategyOptions } from './swr-cache.strategy.js';

const OPTIONS = { ttl: 300, staleTime: 60, jitterRatio: 0, tags: ['users'] };
const KEY = 'users:7';
/** The tests' own process is as busy as it can be. */
const CALM: SWRCacheStrategyOptions = { utilization: () => 0 };

function caching(options: SWRCacheStrategyOptions = {}, random = Math.random) {
  const clock = new FakeClock();
  const bytes = new Map<string, Uint8Array>();
  const log = new InProcessJournalLog();
  const provider: ICacheProvider = {
    get: (key) => Promise.resolve(bytes.get(key) ?? null),
    set: (key, value) => Promise.resolve(void bytes.set(key, value)),
    del: (key) => Promise.resolve(bytes.delete(key) ? 1 : 0),
    journal: () => log,
    acquireLease: () => Promise.resolve(null),
    releaseLease: () => Promise.resolve(true),
    extendLease: () => Promise.resolve(true),
  };
  const swr = new SWRCacheStrategy({ ...CALM, clock, ...options });
  const cache = new CacheService(provider, { clock, random, strategies: [swr] });
  return { cache, swr, pass: (seconds: number) => clock.advance(seconds * 1_000) };
}

const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('SWRCacheStrategy', () => {
  it('returns stale and refreshes once when many ask in the stale window', async () => {
    const { cache, swr, pass } = caching();
    let version = 0;
    const load = jest.fn(() => `v${++version}`);
    await cache.cache(KEY, load, OPTIONS);
    pass(59);
    expect((await cache.read(KEY, load, OPTIONS)).outcome).toBe('hit');
    pass(2);
    const reads = await Promise.all(
      Array.from({ length: 20 }, () => cache.read(KEY, load, OPTIONS)),
    );
    expect(reads.every(({ outcome, value }) => outcome === 'stale' && value === 'v1')).toBe(true);
    await idle();
    expect(load).toHaveBeenCalledTimes(2);
    expect(swr.refreshes).toMatchObject({ running: 0, queued: 0, done: 1, failed: 0, shed: 0 });
    expect(await cache.read(KEY, load, OPTIONS)).toMatchObject({ outcome: 'hit', value: 'v2' });
  });

  it('refreshes before it is stale, for one of many readers', async () => {
    let random = 0;
    const { cache, swr, pass } = caching({}, () => random);
    const load = jest.fn(() => {
      pass(1); // takes a second
      return 'v';
    });
    await cache.cache(KEY, load, OPTIONS);
    await cache.settled();
    pass(54);
    expect((await cache.read(KEY, load, OPTIONS)).outcome).toBe('hit');
    random = 0.999; // of one in a thousand: up to 6.9 times the load's time before
    expect((await cache.read(KEY, load, OPTIONS)).outcome).toBe('hit');
    await idle();
    expect(swr.refreshes).toMatchObject({ done: 1, elsewhere: 0 });
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('waits for the loader when the time to live is over', async () => {
    const { cache, pass } = caching();
    let version = 0;
    const load = (): string => `v${++version}`;
    await cache.cache(KEY, load, OPTIONS);
    pass(301);
    expect(await cache.read(KEY, load, OPTIONS)).toMatchObject({ outcome: 'miss', value: 'v2' });
  });

  it('never serves as stale what an invalidation covers', async () => {
    const { cache, pass } = caching();
    await cache.cache(KEY, () => 'v1', OPTIONS);
    pass(61);
    await cache.invalidateCacheByTag('users');
    expect(await cache.read(KEY, () => 'v2', OPTIONS)).toMatchObject({
      outcome: 'miss',
      value: 'v2',
    });
  });

  it('stores nothing of a refresh that an invalidation overtook', async () => {
    const { cache, pass } = caching();
    await cache.cache(KEY, () => 'v1', OPTIONS);
    pass(61);
    let release: (value: string) => void = () => undefined;
    await cache.cache(KEY, () => new Promise<string>((resolve) => (release = resolve)), OPTIONS);
    await idle();
    await cache.invalidateCache(KEY);
    release('v1 again');
    await idle();
    expect(await cache.cache(KEY, () => 'v2', OPTIONS)).toBe('v2');
  });

  it('goes on serving stale when a refresh fails, and says so without the key', async () => {
    const onRefreshFailed = jest.fn();
    const { cache, swr, pass } = caching({ onRefreshFailed });
    const error = new Error('source is down');
    await cache.cache(KEY, () => 'v1', OPTIONS);
    pass(61);
    const read = await cache.read(KEY, () => Promise.reject(error), {
      ...OPTIONS,
      template: 'users:{id}',
    });
    await idle();
    expect(read).toMatchObject({ outcome: 'stale', value: 'v1' });
    expect(onRefreshFailed).toHaveBeenCalledWith('users:{id}', error);
    expect(swr.refreshes.failed).toBe(1);
  });

  it('survives a callback that throws, and refuses a bound that is none', async () => {
    const onRefreshFailed = jest.fn(() => {
      throw new Error('the logger is broken');
    });
    const { cache, swr, pass } = caching({ onRefreshFailed });
    await cache.cache(KEY, () => 'v1', OPTIONS);
    pass(61);
    await cache.cache(KEY, () => Promise.reject(new Error('down')), OPTIONS);
    await idle();
    expect(onRefreshFailed).toHaveBeenCalledTimes(1);
    await expect(swr.close()).resolves.toBeUndefined();
    expect(() => new SWRCacheStrategy({ maxConcurrentRefreshes: NaN })).toThrow(
      'maxConcurrentRefreshes is NaN; accepted: a whole number from 0.',
    );
  });

  it('refuses what it has no option for', () => {
    const onRefreshFaild = jest.fn();
    expect(() => new SWRCacheStrategy({ onRefreshFaild } as object)).toThrow(
      'SWRCacheStrategy has no onRefreshFaild (did you mean onRefreshFailed?)',
    );
    expect(() => new RefreshScheduler({ isAdaptiv: false } as object)).toThrow(
      'RefreshScheduler has no isAdaptiv (did you mean isAdaptive?)',
    );
    expect(() => new RefreshScheduler({ thresholds: { queueAge: [1, 2, 3] } as object })).toThrow(
      'thresholds has no queueAge (did you mean queueAgeMs?)',
    );
  });

  it('runs no more refreshes at once than it may; the others wait', async () => {
    const { cache, swr, pass } = caching({ maxConcurrentRefreshes: 2 });
    const hang = (): Promise<string> => new Promise(() => undefined);
    const keys = ['a', 'b', 'c', 'd'];
    for (const key of keys) await cache.cache(key, () => 'v1', OPTIONS);
    pass(61);
    for (const key of keys) expect(await cache.cache(key, hang, OPTIONS)).toBe('v1');
    expect(swr.refreshes).toMatchObject({ running: 2, queued: 2, shed: 0 });
  });

  it('lets low give way first and critical last', async () => {
    const { cache, swr, pass } = caching({ maxConcurrentRefreshes: 20 });
    const hang = (): Promise<string> => new Promise(() => undefined);
    const priorities = ['low', 'normal', 'high', 'critical'] as const;
    const keysOf = (priority: CachePriority) =>
      Array.from({ length: 25 }, (_, i) => `${priority} ${i}`);
    for (const key of priorities.flatMap(keysOf)) await cache.cache(key, () => 'v1', OPTIONS);
    pass(61);
    const running: number[] = [];
    for (const priority of priorities) {
      for (const key of keysOf(priority)) await cache.cache(key, hang, { ...OPTIONS, priority });
      running.push(swr.refreshes.running);
    }
    expect(running).toEqual([10, 15, 18, 20]);
  });

  it('leaves reads without a stale window and protected data to others', async () => {
    const { cache, swr, pass } = caching();
    const load = jest.fn(() => 'v');
    await cache.cache(KEY, load, { ...OPTIONS, enableSwr: false });
    pass(61);
    expect((await cache.read(KEY, load, { ...OPTIONS, enableSwr: false })).outcome).toBe('hit');
    expect(load).toHaveBeenCalledTimes(1);
    await expect(cache.cache(KEY, load, { containsPHI: true })).rejects.toMatchObject({
      code: 'FEATURE_MISSING',
    });
    expect(swr.refreshes.done).toBe(0);
  });

  it('starts nothing any more once it is closed', async () => {
    const { cache, swr, pass } = caching();
    const load = jest.fn(() => 'v1');
    await cache.cache(KEY, load, OPTIONS);
    pass(61);
    await swr.close();
    expect((await cache.read(KEY, load, OPTIONS)).outcome).toBe('stale');
    await idle();
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('explains what it did last, and is asked before the standard strategy', async () => {
    const { cache, swr, pass } = caching();
    await cache.cache(KEY, () => 'v1', OPTIONS);
    expect(swr.explain(KEY)).toBeNull();
    pass(61);
    await cache.cache(KEY, () => 'v1', OPTIONS);
    await idle();
    expect(swr.explain(KEY)).toMatch(/^a refresh has ended: (un)?changed \(priority high/);
    expect(swr).toMatchObject({ precedence: 300, isPlainOnFresh: true });
  });

  it('takes bounds or a scheduler that has some, not both', () => {
    const scheduler = new RefreshScheduler();
    expect(new SWRCacheStrategy({ scheduler, onRefreshFailed: jest.fn() }).name).toBe('swr');
    expect(() => new SWRCacheStrategy({ scheduler, isAdaptive: false })).toThrow(
      'isAdaptive: with a scheduler of your own',
    );
  });
});

/** An engine with one entry, whose times stand in the tests. */
function engineWith(
  entry: { readonly loadMs?: number; readonly isSoftened?: boolean },
  options: SWRCacheStrategyOptions = {},
) {
  const clock = new FakeClock(0);
  const swr = new SWRCacheStrategy({ ...CALM, clock, ...options });
  const is = {
    found: {
      tier: 'l1',
      entry: { createdAt: 0, staleAt: 60_000, expiresAt: 300_000, loadMs: 0, ...entry },
    } as unknown as FoundEntry | null,
    random: 0.5,
    refusal: null as RefreshRefusal | null,
    outcome: Promise.resolve<RefreshOutcome>('changed'),
  };
  const refresh = jest.fn((_request: { readonly key: string }) => is.outcome);
  const engine: StrategyEngine = {
    now: clock.now,
    isAdaptive: true,
    random: () => is.random,
    find: () => Promise.resolve(is.found),
    answer: <T>(_found: FoundEntry, outcome: 'hit' | 'stale') => answered<T>(outcome),
    load: <T>() => Promise.resolve(answered<T>('miss')),
    refresh,
    refreshRefusal: () => is.refusal,
  };
  const read = async (key = KEY, earlyRefresh = 1): Promise<string> => {
    const request = { key, options: { priority: 'high', template: 't', earlyRefresh } };
    return (await swr.read(request as unknown as ReadRequest<string>, engine)).outcome;
  };
  return { clock, swr, is, refresh, read };
}

const answered = <T>(outcome: 'hit' | 'stale' | 'miss') => ({
  value: undefined as T,
  outcome,
  tier: null,
  ageMs: 0,
  freshForMs: null,
  expiresInMs: null,
});

describe('SWRCacheStrategy on an engine', () => {
  it.each([
    [59_999, 'hit', 0],
    [60_000, 'stale', 1],
    [299_999, 'stale', 1],
    [300_000, 'miss', 0],
  ])('at %d ms answers with a %s and %d refreshes', async (at, outcome, refreshes) => {
    const { clock, refresh, read } = engineWith({});
    clock.advance(at);
    expect(await read()).toBe(outcome);
    await idle();
    expect(refresh).toHaveBeenCalledTimes(refreshes);
  });

  it('serves what was made stale by hand, and refreshes it', async () => {
    const { refresh, read } = engineWith({ isSoftened: true });
    expect(await read()).toBe('stale');
    await idle();
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('does not refresh again what a reader loaded while the refresh waited', async () => {
    const { clock, swr, is, refresh, read } = engineWith({}, { maxConcurrentRefreshes: 1 });
    let release: (outcome: RefreshOutcome) => void = () => undefined;
    is.outcome = new Promise((resolve) => (release = resolve));
    clock.advance(61_000);
    await read('another');
    await read();
    clock.advance(5);
    is.found = { tier: 'l1', entry: { createdAt: 61_003 } as FoundEntry['entry'] };
    release('changed');
    await idle();
    expect(refresh.mock.calls.map(([{ key }]) => key)).toEqual(['another']);
    expect(swr.refreshes).toMatchObject({ done: 2, elsewhere: 1 });
    expect(swr.metrics()).toMatchObject({ changed: 1, unchanged: 0, elsewhere: 1, running: 0 });
  });

  it('refreshes what waited and still stands', async () => {
    const { clock, swr, is, refresh, read } = engineWith({}, { maxConcurrentRefreshes: 1 });
    let release: (outcome: RefreshOutcome) => void = () => undefined;
    is.outcome = new Promise((resolve) => (release = resolve));
    clock.advance(61_000);
    await read('another');
    await read();
    clock.advance(5);
    release('unchanged');
    await idle();
    expect(refresh).toHaveBeenCalledTimes(2);
    expect(swr.refreshes).toMatchObject({ done: 2, unchanged: 2 });
    expect(swr.metrics()).toMatchObject({ changed: 0, unchanged: 2, failed: 0, 'shed.full': 0 });
  });

  it.each(['breaker-open', 'backing-off', 'closed'] as const)(
    'serves stale and refreshes nothing when the engine says %s',
    async (refusal) => {
      const { clock, swr, is, refresh, read } = engineWith({});
      is.refusal = refusal;
      clock.advance(61_000);
      expect(await read()).toBe('stale');
      await idle();
      expect(refresh).not.toHaveBeenCalled();
      expect(swr.refreshes.shedBy[refusal]).toBe(1);
    },
  );

  describe('early refresh', () => {
    it('comes the nearer to the stale time the likelier', async () => {
      const early = async (leftMs: number, random: number, beta = 1): Promise<boolean> => {
        const { clock, is, refresh, read } = engineWith({ loadMs: 1_000 });
        clock.advance(60_000 - leftMs);
        is.random = random;
        expect(await read(KEY, beta)).toBe('hit');
        await idle();
        return refresh.mock.calls.length === 1;
      };
      // One load's time before: with a probability of 1/e.
      expect(await early(1_000, 1 - 1 / Math.E + 0.001)).toBe(true);
      expect(await early(1_000, 1 - 1 / Math.E - 0.001)).toBe(false);
      expect(await early(5_000, 1 - Math.exp(-5) + 0.001)).toBe(true);
      expect(await early(5_000, 1 - Math.exp(-5) - 0.001)).toBe(false);
      expect(await early(5_000, 0.95, 2)).toBe(true);
      expect(await early(1, 0.999_999, 0)).toBe(false);
    });

    it('never comes when it is switched off, and never before its time', async () => {
      const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
      await fc.assert(
        fc.asyncProperty(random, fc.nat(59_999), fc.nat(1_000), async (value, at, loadMs) => {
          const { clock, is, refresh, read } = engineWith({ loadMs });
          clock.advance(at);
          is.random = value;
          await read(KEY, 0);
          await read('fast', loadMs === 0 ? 1 : 0);
          await idle();
          expect(refresh).not.toHaveBeenCalled();
        }),
        { numRuns: 50 },
      );
    });
  });
});

describe('when', () => {
  it('takes what may be stale and is not protected', () => {
    const plain = resolveOptions({ enableSwr: true }, CACHE_DEFAULTS);
    const swr = new SWRCacheStrategy();
    expect(swr.when(plain)).toBe(true);
    expect(swr.when({ ...plain, enableSwr: false })).toBe(false);
    expect(swr.when({ ...plain, emergencyData: true })).toBe(false);
  });
});
