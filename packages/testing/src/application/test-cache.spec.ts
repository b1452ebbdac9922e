import { StandardCacheStrategy } from '@vitalcache/core';

import { StaleServingStrategy } from '../../test/fleet/stale-serving.strategy.js';
import { PlainProvider } from '../../test/plain-provider.js';
import { MapStore } from '../strategy/map.store.js';
import { ChaosProvider } from '../chaos/chaos.provider.js';
import { FakeClock } from '../fake-clock.js';
import { assertFresh, assertNotCached, assertStale } from './entry-assertions.js';
import { createTestCache, testCacheParts, type TestCache } from './test-cache.js';

const KEY = 'users:7';
const OPTIONS = { ttl: 300, staleTime: 60, tags: ['user:7'] };

describe('createTestCache', () => {
  let test: TestCache;
  beforeEach(() => {
    test = createTestCache();
  });
  afterEach(() => test.close());

  const read = (value = 'Ann') => test.cache.cache(KEY, () => value, OPTIONS);

  it('makes a cache whose entries live as long as the clock says', async () => {
    await read('old');
    test.clock.advance(299_999);
    await expect(read('new')).resolves.toBe('old');
    test.clock.advance(1);
    await expect(read('new')).resolves.toBe('new');
    expect(test.recorder.outcomesOf(KEY)).toEqual(['miss', 'hit', 'miss']);
  });

  it('keeps what the caller gives: provider, clock, strategies, middleware, defaults', async () => {
    const clock = new FakeClock(1_000);
    const given = {
      clock,
      provider: new MapStore(clock),
      strategies: [new StandardCacheStrategy()],
      middleware: [{ name: 'own', handle: <R>(_: unknown, next: () => Promise<R>) => next() }],
      defaults: { ttlMs: 5_000, jitterRatio: 0.1 },
    };
    const { options, recorder } = testCacheParts(given);
    expect(options).toMatchObject({
      provider: given.provider,
      clock,
      strategies: given.strategies,
    });
    expect(options.middleware).toEqual([recorder, given.middleware[0]]);
    expect(options.defaults).toEqual({ ttlMs: 5_000, jitterRatio: 0.1, earlyRefresh: 0 });
  });

  it('lets pass what waits for a time-out', async () => {
    const { clock } = test;
    const chaos = new ChaosProvider(new MapStore(clock), { clock });
    const broken = createTestCache({ clock, provider: chaos, l1MaxBytes: 0 });
    chaos.fault('get', { kind: 'hang' });
    await expect(broken.during(broken.cache.cache(KEY, () => 'source'))).resolves.toBe('source');
    chaos.heal();
    await broken.close();
  });

  describe('assertions', () => {
    it('tell fresh, absent and invalidated entries apart, and say what is there', async () => {
      await assertNotCached(test.cache, KEY);
      await read();
      await assertFresh(test.cache, KEY);
      await expect(assertNotCached(test.cache, KEY)).rejects.toThrow(
        'Expected the entry of users:7 to be absent or expired; it is fresh, 0 ms old, in l1.',
      );
      await expect(assertStale(test.cache, KEY)).rejects.toThrow('to be stale; it is fresh');
      await test.cache.invalidateCacheByTag('user:7');
      await assertNotCached(test.cache, KEY);
      await expect(assertFresh(test.cache, KEY)).rejects.toThrow('to be fresh; it is absent.');
    });

    it('tell that an entry is stale', async () => {
      const { cache, clock, close } = createTestCache({ strategies: [new StaleServingStrategy()] });
      await cache.cache(KEY, () => 'Ann', OPTIONS);
      clock.advance(60_000);
      await assertStale(cache, KEY);
      await expect(assertFresh(cache, KEY)).rejects.toThrow('it is stale, 60000 ms old');
      await close();
    });
  });

  describe('recorder', () => {
    it('tells what was invalidated, and by which word', async () => {
      const { cache, recorder } = test;
      expect(() => recorder.assertInvalidated({ tag: 'user:7' })).toThrow(
        'invalidated was: nothing',
      );
      await cache.invalidateCacheByTags(['user:7', 'users']);
      await cache.invalidateCacheByPattern('posts:*');
      await cache.del(KEY);
      recorder.assertInvalidated({ tag: 'users' });
      recorder.assertInvalidated({ pattern: 'posts:*' });
      expect(() => recorder.assertInvalidated({ key: 'users:8' })).toThrow(
        'invalidated was: {"tags":["user:7","users"]}, {"pattern":"posts:*"}, {"keys":["users:7"]}.',
      );
      recorder.clear();
      expect(() => recorder.assertInvalidated({ tag: 'users' })).toThrow('nothing');
      await cache.clear();
      expect(() => recorder.assertInvalidated({ tag: 'users' })).toThrow('everything');
    });

    it('knows an invalidation that was not recorded', async () => {
      const { clock } = test;
      const chaos = new ChaosProvider(new PlainProvider(clock.now), { clock });
      const broken = createTestCache({ clock, provider: chaos });
      await broken.cache.start();
      chaos.fault('append', { kind: 'throw' });
      const { recorded } = await broken.during(broken.cache.invalidateCacheByTag('user:7'));
      expect(recorded).toBe(false);
      expect(() => broken.recorder.assertInvalidated({ tag: 'user:7' })).toThrow('not recorded');
      chaos.heal();
      await broken.close();
    });

    it('writes down what a loader threw as rejected', async () => {
      const fail = () => Promise.reject(new Error('source'));
      await expect(test.cache.cache(KEY, fail)).rejects.toThrow('source');
      expect(test.recorder.outcomesOf(KEY)).toEqual(['rejected']);
    });
  });
});
