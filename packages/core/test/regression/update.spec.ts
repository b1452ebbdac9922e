import type { CacheService } from '../../src/service/cache.service.js';
import { Fleet, settle } from '../support/fleet.js';
import { withoutTime } from '../support/pending.js';

const KEY = 'users:7';

describe('update', () => {
  let fleet: Fleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join();
  });
  afterEach(() => fleet.close());

  const stored = (): readonly string[] =>
    [...fleet.store.items.keys()].filter((name) => name.includes(':e:'));

  describe('of what is not to be cached', () => {
    const options = { ttl: 60, staleIfErrorMs: 60_000 };

    it('neither reads nor stores while the cache is off, and says what became invalid', async () => {
      await cache.set(KEY, 'v0', 100);
      await cache.configure({ values: { enabled: false } });
      const change = jest.fn(() => 'v1');
      expect(await cache.update(KEY, change, options)).toMatchObject({
        recorded: true,
        stored: false,
        value: 'v1',
      });
      expect(change).toHaveBeenCalledWith(null);
      await cache.configure({ values: { enabled: true } });
      expect(await cache.get(KEY)).toBeNull();
    });

    it('stores nothing for a ttl of 0', async () => {
      const result = await cache.update(KEY, () => 'v1', { ...options, ttl: 0 });
      expect(result).toMatchObject({ recorded: true, stored: false, value: 'v1' });
      expect(stored()).toEqual([]);
    });
  });

  describe('waits for no other one without end', () => {
    it('refuses a change that updates its own key, and lets the next one through', async () => {
      const inner = (): Promise<unknown> => cache.update(KEY, () => 1);
      const update = cache.update(KEY, async () => {
        await inner();
        return 2;
      });
      const refused = withoutTime(update).catch((error: unknown) => error);
      expect(await refused).toMatchObject({ code: 'LOAD_REENTRANT' });
      expect(await withoutTime(cache.update(KEY, () => 3))).toMatchObject({ stored: true });
    });

    it('goes on when the change before it never ends', async () => {
      void cache.update(KEY, () => new Promise<never>(() => undefined)).catch(() => undefined);
      const results: unknown[] = [];
      const update = cache.update(KEY, () => 'v1', 600).then((result) => results.push(result));
      await fleet.clock.advance(60_000);
      expect(results).toEqual([expect.objectContaining({ stored: true, value: 'v1' })]);
      await update;
    });
  });

  it('stores nothing that was read while a replica may lag', async () => {
    await cache.cache(KEY, () => 'old');
    await cache.invalidateCache(KEY, { settleMs: 5_000 });
    const update = cache.update<string>(KEY, (previous) => previous ?? 'of a replica', 60);
    expect(await update).toMatchObject({ recorded: true, stored: false, value: 'of a replica' });
    expect(await cache.get(KEY)).toBeNull();
  });

  describe('and reads of one key inside each other', () => {
    it('does not wait for the lease of the load that it is called from', async () => {
      const read = cache.cache(KEY, async () => {
        await cache.update(KEY, () => 'updated', 60);
        return 'loaded';
      });
      expect(await withoutTime(read)).toBe('loaded');
    });

    it('is not waited for by a read in its change', async () => {
      const update = cache.update(KEY, () => cache.cache(KEY, () => 'inner'), 60);
      expect(await withoutTime(update)).toMatchObject({ recorded: true, value: 'inner' });
    });
  });

  it('hands out, and takes, what the serializer knows', async () => {
    const serializer = {
      toCache: (date: Date) => ({ at: date.getTime() }),
      fromCache: (stored: { at: number }) => new Date(stored.at),
    };
    await cache.cache(KEY, () => new Date(5), { serializer });
    await settle();
    const change = jest.fn((previous: Date | null) => new Date((previous?.getTime() ?? 0) + 1));
    await cache.update<Date>(KEY, change, { serializer, ttl: 60 });
    expect(change).toHaveBeenCalledWith(new Date(5));
    const load = jest.fn(() => new Date(7));
    expect(await cache.cache(KEY, load, { serializer })).toEqual(new Date(6));
    expect(load).not.toHaveBeenCalled();
  });
});
