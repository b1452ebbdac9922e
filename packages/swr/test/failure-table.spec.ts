import { CacheService, type CachePriority, type ICacheProvider } from '@vitalcache/core';
import { ChaosProvider, FakeClock } from '@vitalcache/testing';

import { SWRCacheStrategy, type SWRCacheStrategyOptions } from '../src/swr-cache.strategy.js';

const OPTIONS = { ttl: 600, staleTime: 60, jitterRatio: 0 };

function caching(bounds: SWRCacheStrategyOptions = {}, l1MaxBytes = 0) {
  const clock = new FakeClock();
  const bytes = new Map<string, Uint8Array>();
  const store: ICacheProvider = {
    get: async (key) => bytes.get(key) ?? null,
    set: async (key, value) => void bytes.set(key, value),
    del: async (key) => Number(bytes.delete(key)),
  };
  const chaos = new ChaosProvider(store, { clock });
  const swr = new SWRCacheStrategy({ clock, utilization: () => 0, ...bounds });
  const cache = new CacheService(chaos, { clock, strategies: [swr], l1MaxBytes });
  const fill = async (keys: readonly string[]): Promise<void> => {
    for (const key of keys) await cache.cache(key, () => `old ${key}`, OPTIONS);
    await cache.settled();
    clock.advance(61_000);
  };
  return { clock, chaos, swr, cache, fill };
}

/** Lets everything run that waits for nothing but the event loop. */
async function idle(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe('failure table, with refreshes in the background', () => {
  describe('memory and queue limits', () => {
    it('the low priorities give way, oldest first, and nobody waits for a refresh', async () => {
      const { cache, swr, fill } = caching({
        maxConcurrentRefreshes: 1,
        maxQueuedRefreshes: 2,
      });
      const keys = ['running', 'low-1', 'low-2', 'normal-1', 'critical-1', 'low-3'];
      await fill(keys);
      const refreshed: string[] = [];
      let end: () => void = () => undefined;
      const first = new Promise<void>((resolve) => (end = resolve));
      for (const key of keys) {
        const priority = (key === 'running' ? 'critical' : key.slice(0, -2)) as CachePriority;
        const load = async (): Promise<string> => {
          refreshed.push(key);
          await first;
          return `new ${key}`;
        };
        const { outcome, value } = await cache.read(key, load, { ...OPTIONS, priority });
        expect([outcome, value]).toEqual(['stale', `old ${key}`]);
        await idle();
      }
      expect(swr.refreshes).toMatchObject({ running: 1, queued: 2, shed: 3 });
      end();
      await idle();
      expect(refreshed).toEqual(['running', 'critical-1', 'normal-1']);
      await cache.close();
    });
  });

  describe('store down', () => {
    it('what is held is served on, and nothing is refreshed while the breaker is open', async () => {
      const { cache, chaos, swr, clock } = caching({}, 2 ** 20);
      await cache.cache('k', () => 'old', { ...OPTIONS, staleTime: 20 });
      await cache.settled();
      chaos.fault('all', { kind: 'throw' });
      for (let i = 0; i < 12; i++) await cache.read(`down:${i}`, () => 'v', OPTIONS);
      expect((await cache.status()).breaker).toBe('open');
      clock.advance(21_000);
      const load = jest.fn(() => 'new');
      for (let i = 0; i < 5; i++) {
        expect(await cache.read('k', load, OPTIONS)).toMatchObject({
          value: 'old',
          outcome: 'stale',
        });
        await idle();
      }
      expect(load).not.toHaveBeenCalled();
      expect(swr.refreshes).toMatchObject({ done: 0, running: 0, queued: 0 });
      expect(swr.refreshes.shedBy['breaker-open']).toBe(5);
      await cache.close();
    });
  });

  describe('loader throws', () => {
    it('the stale value is served on, and the source left alone for a while', async () => {
      const { cache, swr, fill, clock } = caching();
      await fill(['k']);
      const load = jest.fn(() => Promise.reject(new Error('the source')));
      for (let i = 0; i < 20; i++) {
        expect(await cache.read('k', load, OPTIONS)).toMatchObject({
          outcome: 'stale',
          value: 'old k',
        });
        await idle();
      }
      expect(load).toHaveBeenCalledTimes(1);
      clock.advance(2_000);
      await cache.read('k', load, OPTIONS);
      await idle();
      expect(load).toHaveBeenCalledTimes(2);
      expect(swr.refreshes).toMatchObject({ failed: 2 });
      await cache.close();
    });
  });

  describe('a loader never ends', () => {
    it('closing waits for it once, and begins nothing that waited for its place', async () => {
      const { cache, fill, clock } = caching({ maxConcurrentRefreshes: 1 });
      await fill(['stuck', 'waiting']);
      const load = jest.fn(() => new Promise<string>(() => undefined));
      for (const key of ['stuck', 'waiting']) await cache.read(key, load, OPTIONS);
      await idle();
      let isClosed = false;
      const closing = cache.close().then(() => (isClosed = true));
      for (let step = 0; step < 12; step++) {
        await idle();
        clock.advance(1_000);
      }
      await idle();
      expect([isClosed, load.mock.calls.length]).toEqual([true, 1]);
      await closing;
    });
  });
});
