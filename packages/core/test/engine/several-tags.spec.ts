import { CacheService } from '../../src/service/cache.service.js';
import { settle, Fleet } from '../support/fleet.js';

describe('invalidateCacheByTags', () => {
  let fleet: Fleet;
  beforeEach(() => {
    fleet = new Fleet();
  });
  afterEach(() => fleet.close());

  it('covers what carries any of them, in one step, and tells those who want to know', async () => {
    const [cache, other] = [await fleet.join(), await fleet.join()];
    await cache.cache('a', () => 1, { tags: ['x'] });
    await cache.cache('b', () => 1, { tags: ['y'] });
    await cache.cache('c', () => 1, { tags: ['z'] });
    const told = jest.fn();
    const end = await other.onTagInvalidated(['y', 'q'], told);
    const { stamp, recorded } = await cache.invalidateCacheByTags(['x', 'y', 'x']);
    expect(recorded).toBe(true);
    expect(await cache.batchGet(['a', 'b', 'c'])).toEqual([null, null, 1]);
    await other.waitFor(stamp);
    expect(told).toHaveBeenCalledTimes(1);
    await cache.invalidateCacheByTags(['x']);
    end();
    await cache.invalidateCacheByTags(['y']);
    await settle();
    expect(told).toHaveBeenCalledTimes(1);
  });

  it('counts as one failure of a store that removes by tags, however many those are', async () => {
    const provider = {
      ...fleet.store.provider(),
      invalidateCacheByTag: () => Promise.reject(new Error('down')),
    };
    const cache = new CacheService(provider, { clock: fleet.clock, breaker: { threshold: 2 } });
    fleet.caches.push(cache);
    await cache.invalidateCacheByTags(['x', 'y', 'z']);
    expect((await cache.status()).breaker).toBe('closed');
    await cache.invalidateCacheByTags(['x', 'y', 'z']);
    expect((await cache.status()).breaker).toBe('open');
  });

  it.each([[[]], ['x'], [[7]]])('refuses %j', async (tags) => {
    const cache = await fleet.join();
    await expect(cache.invalidateCacheByTags(tags as never)).rejects.toMatchObject({
      code: 'TAG_INVALID',
    });
  });
});
