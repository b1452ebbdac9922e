import {
  CacheService,
  InProcessJournalLog,
  type Clock,
  type ICacheProvider,
} from '@vitalcache/core';

import { SWRCacheStrategy } from './swr-cache.strategy.js';

const OPTIONS = { ttl: 300, staleTime: 60, jitterRatio: 0, tags: ['users'] };
const KEY = 'users:7';

function caching(options = {}) {
  let now = 1_700_000_000_000;
  const bytes = new Map<string, Uint8Array>();
  const log = new InProcessJournalLog();
  const provider: ICacheProvider = {
    get: (key) => Promise.resolve(bytes.get(key) ?? null),
    set: (key, value) => Promise.resolve(void bytes.set(key, value)),
    del: (key) => Promise.resolve(bytes.delete(key) ? 1 : 0),
    journal: () => log,
  };
  const clock: Clock = { now: () => now, sleep: () => new Promise(() => undefined) };
  const swr = new SWRCacheStrategy(options);
  const cache = new CacheService(provider, { clock, strategies: [swr] });
  return { cache, swr, pass: (seconds: number) => (now += seconds * 1_000) };
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
    expect(swr.refreshes).toEqual({ running: 0, done: 1, failed: 0, shed: 0 });
    expect(await cache.read(KEY, load, OPTIONS)).toMatchObject({ outcome: 'hit', value: 'v2' });
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

  it('runs no more refreshes at once than it may', async () => {
    const { cache, swr, pass } = caching({ maxConcurrentRefreshes: 2 });
    const hang = (): Promise<string> => new Promise(() => undefined);
    const keys = ['a', 'b', 'c', 'd'];
    for (const key of keys) await cache.cache(key, () => 'v1', OPTIONS);
    pass(61);
    for (const key of keys) expect(await cache.cache(key, hang, OPTIONS)).toBe('v1');
    expect(swr.refreshes).toMatchObject({ running: 2, shed: 2 });
  });

  it('lets low give way first and critical last', async () => {
    const { cache, swr, pass } = caching({ maxConcurrentRefreshes: 20 });
    const hang = (): Promise<string> => new Promise(() => undefined);
    const keys = Array.from({ length: 25 }, (_, i) => `k${i}`);
    for (const key of keys) await cache.cache(key, () => 'v1', OPTIONS);
    pass(61);
    const running: number[] = [];
    for (const priority of ['low', 'normal', 'high', 'critical'] as const) {
      for (const key of keys) await cache.cache(key, hang, { ...OPTIONS, priority });
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
});
