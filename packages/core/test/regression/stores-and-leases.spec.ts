import { CacheService } from '../../src/service/cache.service.js';
import { Fleet, settle, slowLoader } from '../support/fleet.js';

const KEY = 'users:7';

describe('a store', () => {
  let fleet: Fleet;

  beforeEach(() => {
    fleet = new Fleet();
  });
  afterEach(() => fleet.close());

  it('that lets go of no lease is asked at intervals, and not without end', async () => {
    const junk = Buffer.from('junk');
    let asked = 0;
    const provider = {
      ...fleet.store.provider(),
      acquireLease: (): Promise<Uint8Array> => {
        if (++asked > 50_000) throw new Error('asked without end');
        return Promise.resolve(junk);
      },
      releaseLease: () => Promise.resolve(false),
    };
    const cache = new CacheService(provider, { clock: fleet.clock });
    fleet.caches.push(cache);
    await cache.start();
    const read = cache.cache(KEY, () => 'v1');
    await settle();
    expect(asked).toBeLessThan(5);
    await fleet.clock.advance(60_000);
    expect(await read).toBe('v1');
    expect(asked).toBeLessThan(30_000 / 20); // a poll every 25 ms, for 30 s at most
  });

  it('keeps what a forced refresh loaded when an older load of another process ends later', async () => {
    const [cache, other] = [await fleet.join(), await fleet.join()];
    const older = slowLoader<string>();
    const read = cache.cache(KEY, older.load);
    await fleet.clock.advance(10);
    expect(await other.cache(KEY, () => 'new', { forceRefresh: true })).toBe('new');
    await other.settled();
    older.resolve('old');
    await read;
    await cache.settled();
    const third = await fleet.join();
    expect(await third.cache(KEY, () => 'loaded again')).toBe('new');
  });
});
