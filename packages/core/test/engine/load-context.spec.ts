import type { CacheService } from '../../src/service/cache.service.js';
import { Fleet, settle, slowLoader } from '../support/fleet.js';

const KEY = 'users:7';

describe('the context of a loader', () => {
  let fleet: Fleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join();
  });
  afterEach(() => fleet.close());

  it('sets the time to live', async () => {
    await cache.cache(KEY, ({ setTtl }) => (setTtl(5), 'v1'), { ttl: 300 });
    await fleet.clock.advance(4_000);
    expect(await cache.cache(KEY, () => 'v2')).toBe('v1');
    await fleet.clock.advance(2_000);
    expect(await cache.cache(KEY, () => 'v2')).toBe('v2');
  });

  it('does not cache at all for a time of nothing', async () => {
    await cache.cache(KEY, ({ setTtl }) => (setTtl(0), 'v1'));
    expect(await cache.cache(KEY, () => 'v2')).toBe('v2');
  });

  it('sets the tags', async () => {
    await cache.cache(KEY, ({ setTags }) => (setTags(['found']), 'v1'), { tags: ['asked'] });
    await cache.invalidateCacheByTag('asked');
    expect(await cache.cache(KEY, () => 'v2')).toBe('v1');
    await cache.invalidateCacheByTag('found');
    expect(await cache.cache(KEY, () => 'v2')).toBe('v2');
  });

  it('skips storing', async () => {
    expect(await cache.cache(KEY, ({ skip }) => (skip(), 'v1'))).toBe('v1');
    expect(await cache.get(KEY)).toBeNull();
  });

  it('lets no other process wait for what is skipped', async () => {
    const other = await fleet.join();
    const slow = slowLoader<string>();
    const first = cache.cache(KEY, (context) => (context.skip(), slow.load()));
    const second = other.cache(KEY, () => 'v2');
    await fleet.clock.advance(50);
    slow.resolve('v1');
    await fleet.clock.advance(100);
    expect(await Promise.all([first, second])).toEqual(['v1', 'v2']);
  });

  it('hands out the previous value, kept but expired, and takes "not modified" for it', async () => {
    const options = { ttl: 60, staleIfErrorMs: 600_000 };
    await cache.cache(KEY, () => ({ etag: 'a' }), options);
    await fleet.clock.advance(61_000);
    const seen: unknown[] = [];
    const value = await cache.cache(
      KEY,
      (context) => {
        seen.push(context.previous);
        return context.notModified();
      },
      options,
    );
    expect(seen).toEqual([{ etag: 'a' }]);
    expect(value).toEqual({ etag: 'a' });
    await fleet.clock.advance(30_000);
    expect(await cache.read(KEY, () => ({ etag: 'b' }), options)).toMatchObject({
      outcome: 'hit',
      value: { etag: 'a' },
    });
  });

  it('hands out no previous value that an invalidation covers', async () => {
    const options = { ttl: 60, staleIfErrorMs: 600_000 };
    await cache.cache(KEY, () => 'v1', options);
    await fleet.clock.advance(61_000);
    await cache.invalidateCache(KEY);
    let previous: unknown = 'never called';
    await cache.cache(KEY, (context) => ((previous = context.previous), 'v2'), options);
    expect(previous).toBeUndefined();
    await expect(cache.cache('other', (context) => context.notModified())).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
  });

  it('carries the fence of the load, which `since` takes in a cache behind', async () => {
    const slow = slowLoader<void>();
    const read = cache.cache(KEY, async ({ fence }) => {
      await slow.load();
      return cache.cache('part', () => 'old part', { since: fence });
    });
    await settle();
    await cache.invalidateCache('part');
    slow.resolve();
    await fleet.clock.advance(50);
    expect(await read).toBe('old part'); // it belongs to the same old look at the source
    expect(await cache.cache('part', () => 'new part')).toBe('new part');
  });

  it('refuses times that make no sense', async () => {
    await expect(cache.cache(KEY, ({ setTtl }) => setTtl(5, 10))).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
  });
});
