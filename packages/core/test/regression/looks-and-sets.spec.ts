import { CacheService } from '../../src/service/cache.service.js';
import { Fleet, settle } from '../support/fleet.js';
import { polledLog } from '../support/polled-journal.log.js';

const KEY = 'users:7';
const keysOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `users:${index}`);

describe('a set after a get that missed', () => {
  let fleet: Fleet;
  let cache: CacheService;
  let other: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join();
    other = await fleet.join();
  });
  afterEach(() => fleet.close());

  const looksUp = (from: CacheService): Promise<string> =>
    from.cache(KEY, () => 'new', { consistency: 'strong' });

  it('stores nothing when nothing was known yet as it missed', async () => {
    const log = polledLog(fleet.store.log);
    const late = new CacheService(fleet.store.provider(log), {
      clock: fleet.clock,
      sketchSlots: 2 ** 10,
    });
    fleet.caches.push(late);
    expect(await late.get(KEY)).toBeNull(); // this starts it
    await other.invalidateCache(KEY);
    log.deliver();
    await settle();
    expect(await late.set(KEY, 'old', 60)).toMatchObject({ recorded: true, stored: false });
    expect(await looksUp(late)).toBe('new');
  });

  it('stores nothing of before an invalidation when an expired entry is still kept', async () => {
    await cache.set(KEY, 'v0', { ttl: 10, staleIfErrorMs: 60_000 });
    await fleet.clock.advance(20_000);
    expect(await cache.get(KEY)).toBeNull();
    await other.invalidateCache(KEY);
    await settle();
    expect(await cache.set(KEY, 'old', 60)).toMatchObject({ recorded: true, stored: false });
    expect(await looksUp(cache)).toBe('new');
  });

  it('stores nothing of before an invalidation when an entry of another version is held', async () => {
    const versioned = await fleet.join({ templateVersions: { profiles: 2 } });
    await versioned.cache(KEY, () => 'profile', { template: 'profiles' });
    expect(await versioned.get(KEY)).toBeNull();
    await other.invalidateCache(KEY);
    await settle();
    expect(await versioned.set(KEY, 'old', 60)).toMatchObject({ recorded: true, stored: false });
  });

  it.each([2, 20, 100, 1_500])('knows each of %i looks at the same time', async (count) => {
    const keys = keysOf(count);
    await Promise.all(keys.map((key) => cache.get(key)));
    await other.invalidateCacheByPattern('users:*');
    await settle();
    const results = await Promise.all(keys.map((key) => cache.set(key, 'old', 60)));
    expect(results.filter(({ stored }) => stored)).toEqual([]);
  });

  it.each([20, 100, 2_500])('knows each of %i looks one after the other', async (count) => {
    const keys = keysOf(count);
    for (const key of keys) await cache.get(key);
    await other.invalidateCacheByPattern('users:*');
    await settle();
    const stored: string[] = [];
    for (const key of keys) if ((await cache.set(key, 'old', 60)).stored) stored.push(key);
    expect(stored).toEqual([]);
  });
});
