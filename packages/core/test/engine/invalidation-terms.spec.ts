import type { CacheService } from '../../src/service/cache.service.js';
import { Fleet, settle, slowLoader } from '../support/fleet.js';
import { polledLog } from '../support/polled-journal.log.js';

const KEY = 'users:7';

describe('what an invalidation may ask for', () => {
  let fleet: Fleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join();
  });
  afterEach(() => fleet.close());

  describe('mode: stale', () => {
    it('loads, and serves the old value only if that fails', async () => {
      await cache.cache(KEY, () => 'v1', { ttl: 600, tags: ['users'] });
      expect(await cache.invalidateCacheByTag('users', { mode: 'stale' })).toMatchObject({
        recorded: true,
        removed: null,
      });
      const down = () => Promise.reject(new Error('down'));
      expect(await cache.read(KEY, down)).toMatchObject({ value: 'v1', outcome: 'stale' });
      expect(await cache.read(KEY, () => 'v2')).toMatchObject({ value: 'v2', outcome: 'miss' });
      expect(await cache.read(KEY, () => 'v3')).toMatchObject({ value: 'v2', outcome: 'hit' });
    });

    it('shows in get and explain, in every process', async () => {
      const other = await fleet.join();
      await cache.cache(KEY, () => 'v1', { ttl: 600 });
      expect(await other.get(KEY)).toBe('v1');
      await cache.invalidateCacheByPattern('users:*', { mode: 'stale' });
      await other.waitFor((await cache.status()).journal.newest);
      expect(await other.get(KEY)).toBe('v1');
      expect(await other.explain(KEY)).toMatchObject({ state: 'stale', isSoftened: true });
      await cache.invalidateCache(KEY);
      await other.waitFor((await cache.status()).journal.newest);
      expect(await other.explain(KEY)).toMatchObject({ state: 'absent' });
    });
  });

  describe('settleMs', () => {
    it('hands out, but does not store, what is loaded while a replica may lag', async () => {
      await cache.invalidateCache(KEY, { settleMs: 2_000 });
      expect(await cache.cache(KEY, () => 'from a lagging replica')).toBe('from a lagging replica');
      await settle();
      expect(await cache.get(KEY)).toBeNull();
      await fleet.clock.advance(2_001);
      expect(await cache.cache(KEY, () => 'v2')).toBe('v2');
      await settle();
      expect(await cache.get(KEY)).toBe('v2');
    });

    it('counts when the load starts, not when it ends', async () => {
      await cache.invalidateCache(KEY, { settleMs: 2_000 });
      const slow = slowLoader<string>();
      const read = cache.cache(KEY, slow.load);
      await fleet.clock.advance(5_000);
      slow.resolve('from a lagging replica');
      await settle();
      expect(await read).toBe('from a lagging replica');
      expect(await cache.get(KEY)).toBeNull();
    });

    it('holds for tags that only the value tells, in other processes, and for get then set', async () => {
      const other = await fleet.join();
      const { stamp } = await cache.invalidateCacheByTag('late', { settleMs: 2_000 });
      await other.waitFor(stamp);
      await other.cache(KEY, () => 'v1', { tags: () => ['late'] });
      await settle();
      expect(await other.get(KEY)).toBeNull();
      expect((await other.set(KEY, 'v1', { ttl: 60, tags: ['late'] })).stored).toBe(false);
    });

    it('takes no lease meanwhile', async () => {
      await cache.invalidateCache(KEY, { settleMs: 2_000 });
      await cache.cache(KEY, () => 'v1');
      expect(fleet.store.count('acquireLease')).toBe(0);
    });
  });

  it('refuses what makes no sense', async () => {
    for (const options of [{ mode: 'gone' }, { settleMs: -1 }, { settleMs: 60_001 }]) {
      await expect(cache.invalidateCache(KEY, options as never)).rejects.toMatchObject({
        code: 'OPTION_INVALID',
      });
    }
  });

  it('rejects instead of queueing if it is asked to', async () => {
    const log = fleet.store.log;
    jest.spyOn(log, 'append').mockRejectedValue(new Error('down'));
    const asked = expect(cache.invalidateCache(KEY, { whenQueued: 'throw' })).rejects.toMatchObject(
      { code: 'NOT_RECORDED' },
    );
    await fleet.clock.advance(3_000);
    await asked;
    jest.restoreAllMocks();
  });

  describe('after', () => {
    it('sees an invalidation of another process, by its token, that has not been heard of', async () => {
      const other = await fleet.join({}, polledLog(fleet.store.log));
      await other.cache(KEY, () => 'v1');
      const { stamp } = await cache.invalidateCache(KEY);
      const token = cache.tokenOf(stamp) as string;
      expect(await other.cache(KEY, () => 'v2')).toBe('v1');
      expect(await other.cache(KEY, () => 'v2', { after: token })).toBe('v2');
      expect(await other.waitFor(token)).toBe(true);
    });

    it('refuses what is no token, without repeating it', async () => {
      await expect(cache.cache(KEY, () => 'v', { after: 'patient-7' })).rejects.toMatchObject({
        code: 'OPTION_INVALID',
        message: expect.not.stringContaining('patient-7'),
      });
    });
  });
});
