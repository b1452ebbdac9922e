import { CacheLoadTimeoutError } from '../../src/errors/cache.error.js';
import type { CacheService } from '../../src/service/cache.service.js';
import type { LoadContext } from '../../src/strategy/read-request.js';
import { Fleet, settle, slowLoader } from '../support/fleet.js';

const KEY = 'users:7';

describe('limits of a load', () => {
  let fleet: Fleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join();
  });
  afterEach(() => fleet.close());

  describe('hardTimeoutMs', () => {
    it('rejects, fires the signal and stores nothing of what comes late', async () => {
      let signal: AbortSignal | undefined;
      const slow = slowLoader<string>();
      const load = (context: LoadContext): Promise<string> => {
        signal = context.signal;
        return slow.load();
      };
      const read = cache.cache(KEY, load, { hardTimeoutMs: 100 });
      const refused = expect(read).rejects.toMatchObject({ code: 'LOAD_TIMEOUT', timeoutMs: 100 });
      await fleet.clock.advance(99);
      expect(signal?.aborted).toBe(false);
      await fleet.clock.advance(2);
      await refused;
      expect(signal?.aborted).toBe(true);
      slow.resolve('late');
      await settle();
      expect(await cache.cache(KEY, () => 'v2')).toBe('v2');
    });

    it('is the caller’s own: others who wait for the same load get its value', async () => {
      const slow = slowLoader<string>();
      const hasty = cache.cache(KEY, slow.load, { hardTimeoutMs: 100 });
      const patient = cache.cache(KEY, slow.load);
      const refused = expect(hasty).rejects.toBeInstanceOf(CacheLoadTimeoutError);
      await fleet.clock.advance(200);
      await refused;
      slow.resolve('v1');
      await settle();
      expect(await patient).toBe('v1');
      expect(slow.calls).toBe(1);
    });

    it('makes newcomers begin anew when nobody waits for the old load', async () => {
      const slow = slowLoader<string>();
      const first = cache.cache(KEY, slow.load, { hardTimeoutMs: 100 });
      const refused = expect(first).rejects.toBeInstanceOf(CacheLoadTimeoutError);
      await fleet.clock.advance(200);
      await refused;
      const second = cache.cache(KEY, () => 'v2');
      await fleet.clock.advance(100);
      expect(await second).toBe('v2');
      slow.resolve('late');
    });
  });

  it('lets nobody join a load that has been running for a minute', async () => {
    const hung = slowLoader<string>();
    const first = cache.cache(KEY, hung.load);
    await fleet.clock.advance(61_000);
    const second = cache.cache(KEY, () => 'v2');
    await fleet.clock.advance(40_000);
    expect(await second).toBe('v2');
    hung.resolve('v1');
    await settle();
    expect(await first).toBe('v1');
  });

  it('does not hang when two loaders wait for each other’s key', async () => {
    const a = cache.cache('a', async () => {
      await settle();
      return `a(${await cache.cache('b', () => 'b alone')})`;
    });
    const b = cache.cache('b', async () => {
      await settle();
      return `b(${await cache.cache('a', () => 'a alone')})`;
    });
    await fleet.clock.advance(1_000);
    const values = await Promise.race([Promise.all([a, b]), settle().then(() => 'hangs')]);
    expect(values).toHaveLength(2);
    expect(values).not.toBe('hangs');
  });

  describe('softTimeoutMs', () => {
    const OPTIONS = { ttl: 60, staleIfErrorMs: 600_000, softTimeoutMs: 50 };

    it('serves what is kept when the loader is slow, and stores what it gives later', async () => {
      await cache.cache(KEY, () => 'v1', OPTIONS);
      await fleet.clock.advance(61_000);
      const slow = slowLoader<string>();
      const read = cache.read(KEY, slow.load, OPTIONS);
      await fleet.clock.advance(60);
      expect(await read).toMatchObject({ value: 'v1', outcome: 'stale' });
      slow.resolve('v2');
      await settle();
      expect(await cache.read(KEY, slow.load, OPTIONS)).toMatchObject({
        value: 'v2',
        outcome: 'hit',
      });
    });

    it('never serves what an invalidation covers, not even then', async () => {
      await cache.cache(KEY, () => 'v1', OPTIONS);
      await fleet.clock.advance(61_000);
      const slow = slowLoader<string>();
      const read = cache.read(KEY, slow.load, OPTIONS);
      await fleet.clock.advance(10);
      await cache.invalidateCache(KEY);
      await fleet.clock.advance(100);
      slow.resolve('v2');
      await settle();
      expect(await read).toMatchObject({ value: 'v2', outcome: 'miss' });
    });

    it('waits when there is nothing to serve', async () => {
      const slow = slowLoader<string>();
      const read = cache.read(KEY, slow.load, OPTIONS);
      await fleet.clock.advance(1_000);
      slow.resolve('v1');
      await settle();
      expect(await read).toMatchObject({ value: 'v1', outcome: 'miss' });
    });
  });

  describe('staleIfErrorMs', () => {
    const OPTIONS = { ttl: 60, staleIfErrorMs: 600_000 };
    const failing = (error: Error) => () => Promise.reject(error);

    it('serves what is kept when the loader fails, until it is over', async () => {
      await cache.cache(KEY, () => 'v1', OPTIONS);
      await fleet.clock.advance(61_000);
      const error = new Error('down');
      expect(await cache.read(KEY, failing(error), OPTIONS)).toMatchObject({
        value: 'v1',
        outcome: 'stale',
      });
      await fleet.clock.advance(600_000);
      await expect(cache.read(KEY, failing(error), OPTIONS)).rejects.toBe(error);
    });

    it('does not hide an answer of the source with a 4xx status', async () => {
      await cache.cache(KEY, () => 'v1', OPTIONS);
      await fleet.clock.advance(61_000);
      const gone = Object.assign(new Error('gone'), { status: 404 });
      await expect(cache.cache(KEY, failing(gone), OPTIONS)).rejects.toBe(gone);
    });

    it('never serves what an invalidation covers', async () => {
      await cache.cache(KEY, () => 'v1', OPTIONS);
      await fleet.clock.advance(61_000);
      await cache.invalidateCacheByPattern('users:*');
      const error = new Error('down');
      await expect(cache.cache(KEY, failing(error), OPTIONS)).rejects.toBe(error);
    });

    it('is what the reader says: one who did not ask for it gets the error', async () => {
      await cache.cache(KEY, () => 'v1', OPTIONS);
      await fleet.clock.advance(61_000);
      const error = new Error('down');
      await expect(cache.cache(KEY, failing(error), { ttl: 60 })).rejects.toBe(error);
    });
  });

  describe('back-off', () => {
    it('leaves a source alone that failed three times in a row, and gives the same error', async () => {
      const error = new Error('down');
      const load = jest.fn(() => Promise.reject(error));
      for (let i = 0; i < 6; i++) await expect(cache.cache(KEY, load)).rejects.toBe(error);
      expect(load).toHaveBeenCalledTimes(3);
      await fleet.clock.advance(101);
      await expect(cache.cache(KEY, load)).rejects.toBe(error);
      expect(load).toHaveBeenCalledTimes(4);
    });

    it('is over with the first success, and with an invalidation of the key', async () => {
      const load = jest.fn(() => Promise.reject(new Error('down')));
      for (let i = 0; i < 4; i++) await cache.cache(KEY, load).catch(() => undefined);
      expect(load).toHaveBeenCalledTimes(3);
      await cache.invalidateCache(KEY);
      expect(await cache.cache(KEY, () => 'v1')).toBe('v1');
    });

    it('is over when the clock was set back', async () => {
      const load = jest.fn(() => Promise.reject(new Error('down')));
      for (let i = 0; i < 4; i++) await cache.cache(KEY, load).catch(() => undefined);
      fleet.clock.jump(-3_600_000);
      expect(await cache.cache(KEY, () => 'v1')).toBe('v1');
    });

    it('does not count answers with a 4xx status', async () => {
      const error = Object.assign(new Error('no'), { statusCode: 422 });
      const load = jest.fn(() => Promise.reject(error));
      for (let i = 0; i < 6; i++) await expect(cache.cache(KEY, load)).rejects.toBe(error);
      expect(load).toHaveBeenCalledTimes(6);
    });

    it('concerns one key only', async () => {
      const load = jest.fn(() => Promise.reject(new Error('down')));
      for (let i = 0; i < 4; i++) await cache.cache(KEY, load).catch(() => undefined);
      expect(await cache.cache('users:8', () => 'v1')).toBe('v1');
    });
  });
});
