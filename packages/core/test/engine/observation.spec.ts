import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import type { ICacheMiddleware, LoadStepInfo } from '../../src/middleware/cache-middleware.js';
import type { CacheEvent } from '../../src/observation/cache-event.js';
import { onCacheEvent } from '../../src/observation/on-cache-event.js';
import { OperationEvents } from '../../src/observation/operation-events.js';
import { Fleet, slowLoader } from '../support/fleet.js';

const KEY = 'patient:4711';
const OPTIONS = { template: 'patient:{id}', tags: ['patient:4711'] };

describe('what is seen of a cache', () => {
  let fleet: Fleet;
  beforeEach(() => (fleet = new Fleet()));
  afterEach(async () => {
    jest.restoreAllMocks();
    await fleet.close();
  });

  describe('counts', () => {
    const countsOf = async (cache: Awaited<ReturnType<Fleet['join']>>) =>
      (await cache.status()).counts;

    it('tell loads, joined callers, and what waited for another process', async () => {
      const [a, b] = [await fleet.join(), await fleet.join()];
      const slow = slowLoader<number>();
      const reads = [a.cache(KEY, slow.load), a.cache(KEY, slow.load), b.cache(KEY, slow.load)];
      await fleet.clock.advance(50);
      slow.resolve(1);
      await fleet.clock.advance(100);
      await Promise.all(reads);
      const none = { refreshes: 0, takeovers: 0, epochChanges: 0 };
      expect(await countsOf(a)).toEqual({ ...none, loads: 1, joined: 1, waited: 0 });
      expect(await countsOf(b)).toEqual({ ...none, loads: 0, joined: 0, waited: 1 });
    });

    it('tell a lease that was taken over from a load that is worth nothing any more', async () => {
      const [a, b] = [await fleet.join(), await fleet.join()];
      const slow = slowLoader<number>();
      const first = a.cache(KEY, slow.load, OPTIONS);
      await fleet.clock.advance(20);
      const second = b.cache(KEY, () => 2, OPTIONS);
      await fleet.clock.advance(20);
      expect((await countsOf(b)).takeovers).toBe(0);
      await b.invalidateCacheByTag('patient:4711');
      await fleet.clock.advance(100);
      expect(await second).toBe(2);
      expect(await countsOf(b)).toMatchObject({ takeovers: 1, loads: 1, waited: 0 });
      slow.resolve(1);
      await first;
    });

    it('count no take-over between updates, which hand their lease on', async () => {
      const [a, b] = [await fleet.join(), await fleet.join()];
      const slow = slowLoader<number>();
      const first = a.update(KEY, slow.load);
      await fleet.clock.advance(20);
      const second = b.update(KEY, () => 2);
      await fleet.clock.advance(20);
      slow.resolve(1);
      await fleet.clock.advance(200);
      await Promise.all([first, second]);
      expect((await countsOf(b)).takeovers).toBe(0);
    });

    it('tell how often history was lost', async () => {
      const cache = await fleet.join();
      const newest = await fleet.store.log.read(0, 1);
      const { epoch, constants } = newest.head?.record ?? {};
      await fleet.store.log.advanceEpoch(epoch ?? null, constants ?? '', 0);
      await cache.invalidateCacheByTag('any');
      expect((await countsOf(cache)).epochChanges).toBe(1);
    });

    it('tell entries dropped to make room, and not those that were removed', async () => {
      const cache = await fleet.join({ l1MaxBytes: 4_000 });
      for (let i = 0; i < 20; i++) await cache.cache(`k${i}`, () => 'x'.repeat(500));
      await cache.settled();
      const { l1 } = await cache.status();
      expect(l1.evictions).toBe(20 - l1.entries);
      expect(l1.evictions).toBeGreaterThan(0);
      await cache.clear();
      expect((await cache.status()).l1).toMatchObject({ entries: 0, evictions: l1.evictions });
    });
  });

  describe('steps of a load', () => {
    function watching() {
      const seen: [LoadStepInfo, string][] = [];
      const middleware: ICacheMiddleware = {
        name: 'watching',
        handle: (_operation, next) => next(),
        async aroundStep(info, work, outcomeOf) {
          const result = await work();
          seen.push([info, outcomeOf(result)]);
          return result;
        },
      };
      const words = (): string[] => seen.map(([{ step }, outcome]) => `${step} ${outcome}`);
      return { seen, words, middleware };
    }

    it('are seen by middleware, with words and without the key', async () => {
      const { seen, words, middleware } = watching();
      const cache = await fleet.join({ middleware: [middleware] });
      expect(await cache.cache(KEY, () => 1, OPTIONS)).toBe(1);
      await cache.settled();
      expect(words()).toEqual(['lease mine', 'load loaded', 'write stored']);
      expect(seen[0]?.[0]).toEqual({
        step: 'lease',
        template: 'patient:{id}',
        level: 'standard',
        store: 'shared',
      });
      expect(JSON.stringify(seen)).not.toContain('4711');
    });

    it('nest in the order of the middleware, and give what they give', async () => {
      const order: string[] = [];
      const named = (name: string): ICacheMiddleware => ({
        name,
        handle: (_operation, next) => next(),
        aroundStep: (_info, work) => (order.push(name), work()),
      });
      const cache = await fleet.join({ middleware: [named('outer'), named('inner')] });
      await expect(cache.cache(KEY, () => Promise.reject(new RangeError('no')))).rejects.toThrow(
        RangeError,
      );
      expect(order).toEqual(['outer', 'inner', 'outer', 'inner']);
    });

    it('do not keep what comes in between from being seen: the fence is from before the call', async () => {
      let isOpen = false;
      const late: ICacheMiddleware = {
        name: 'late',
        handle: (_operation, next) => next(),
        aroundStep: async (info, work) => {
          if (info.step === 'load') await new Promise<void>((go) => setImmediate(go));
          isOpen = true;
          return work();
        },
      };
      const cache = await fleet.join({ middleware: [late] });
      const slow = slowLoader<number>();
      const read = cache.cache(KEY, slow.load, OPTIONS);
      while (!isOpen || slow.calls === 0) await new Promise<void>((go) => setImmediate(go));
      await cache.invalidateCacheByTag('patient:4711');
      slow.resolve(1);
      await fleet.clock.advance(10);
      await read;
      await cache.settled();
      expect(await cache.cache(KEY, () => 2, OPTIONS)).toBe(2);
    });
  });

  describe('events', () => {
    const heard: CacheEvent[] = [];
    const take = (event: unknown): void => void heard.push(event as CacheEvent);
    afterEach(() => {
      for (const name of ['read', 'load']) unsubscribe(`vitalcache:${name}`, take);
      heard.length = 0;
    });

    it('tell a miss with its steps, and then a hit, without the key', async () => {
      for (const name of ['read', 'load']) subscribe(`vitalcache:${name}`, take);
      const cache = await fleet.join({ namespace: 'clinic' });
      await cache.cache(KEY, () => 1, OPTIONS);
      await cache.settled();
      await cache.cache(KEY, () => 1, OPTIONS);
      expect(heard.map(({ kind, outcome, tier }) => [kind, outcome, tier])).toEqual([
        ['lease', 'mine', null],
        ['load', 'loaded', null],
        ['write', 'stored', null], // this store is quick; the caller waits for none
        ['read', 'miss', null],
        ['read', 'hit', 'l1'],
      ]);
      expect(new Set(heard.map(({ template }) => template))).toEqual(new Set(['patient:{id}']));
      expect(JSON.stringify(heard)).not.toContain('4711');
    });

    it('tell a loader that failed, by a word', async () => {
      subscribe('vitalcache:load', take);
      const cache = await fleet.join();
      await cache.cache(KEY, () => Promise.reject(new Error('4711'))).catch(() => undefined);
      expect(heard.at(-1)).toMatchObject({ kind: 'load', outcome: 'failed', reason: 'foreign' });
    });

    it('name faults and breakers of this cache', async () => {
      const told: string[] = [];
      const end = onCacheEvent((name, { kind, outcome, reason }) => {
        if (!name.endsWith('miss')) told.push([name, kind, outcome, reason].join(' '));
      }, 'clinic');
      const breaker = { threshold: 2, timeoutMs: 1_000 };
      const cache = await fleet.join({ namespace: 'clinic', breaker, l1MaxBytes: 0 });
      fleet.store.failure = new Error('4711 is gone');
      await cache.get('a');
      await cache.get('b');
      end();
      expect(told).toEqual([
        'cache.error store-failed failed foreign',
        'cache.breaker shared open ',
        'cache.error store-failed failed foreign',
      ]);
      fleet.store.failure = null;
    });

    it('cost a fresh hit nothing but a comparison when nobody listens', async () => {
      const hit = jest.spyOn(OperationEvents.prototype, 'onFreshHit');
      const cache = await fleet.join();
      await cache.cache(KEY, () => 1);
      await cache.settled();
      await cache.cache(KEY, () => 1);
      expect(hit).not.toHaveBeenCalled();
      subscribe('vitalcache:read', take);
      await cache.cache(KEY, () => 1);
      expect(hit).toHaveBeenCalledTimes(1);
      expect(heard).toHaveLength(1);
    });
  });

  describe('breakers', () => {
    it('are told by store', async () => {
      const cache = await fleet.join({
        breaker: { threshold: 1, timeoutMs: 60_000 },
        l1MaxBytes: 0,
      });
      expect((await cache.status()).breakers).toEqual({ shared: 'closed' });
      fleet.store.failure = new Error('gone');
      await cache.get('a');
      expect(await cache.status()).toMatchObject({ breaker: 'open', breakers: { shared: 'open' } });
      fleet.store.failure = null;
    });
  });
});
