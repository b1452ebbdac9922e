import { CacheService } from '../../src/service/cache.service.js';
import { Fleet, settle } from '../support/fleet.js';
import { revoked } from '../support/odd-values.js';

const KEY = 'users:7';
const dates = {
  toCache: (date: Date) => ({ at: date.getTime() }),
  fromCache: ({ at }: { at: number }) => new Date(at),
};
const any = (value: unknown): never => value as never;

describe('what a second look at mended defects found', () => {
  let fleet: Fleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join();
  });
  afterEach(() => fleet.close());

  it('stores nothing that was looked up before an invalidation by another cache of this process', async () => {
    const late = new CacheService(fleet.store.provider(), {
      clock: fleet.clock,
      sketchSlots: 2 ** 10,
    });
    expect(await late.get(KEY)).toBeNull(); // starts it
    await cache.invalidateCache(KEY);
    await settle();
    expect(await late.set(KEY, 'old', 60)).toMatchObject({ stored: false });
    expect(await late.cache(KEY, () => 'new', { consistency: 'strong' })).toBe('new');
    await late.close();
  });

  it('loads next when the store did not take a set', async () => {
    fleet.store.failure = new Error('down');
    expect(await cache.set(KEY, 'v1', 60)).toMatchObject({ recorded: true, stored: false });
    fleet.store.failure = null;
    expect(await cache.read(KEY, () => 'v2')).toMatchObject({ value: 'v2', outcome: 'miss' });
  });

  it('stores what an update makes of a read of its own key', async () => {
    const load = jest.fn(() => 'inner');
    const updated = await cache.update(KEY, () => cache.cache(KEY, load), 60);
    expect(updated).toMatchObject({ stored: true, value: 'inner' });
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('hands loaders their previous value as they made it', async () => {
    const options = { serializer: dates, ttl: 10, staleIfErrorMs: 60_000 };
    await cache.cache(KEY, () => new Date(1), options);
    await fleet.clock.advance(11_000);
    const seen: unknown[] = [];
    const kept = await cache.cache(
      KEY,
      (context) => {
        seen.push(context.previous);
        return context.notModified();
      },
      options,
    );
    expect([...seen, kept]).toEqual([new Date(1), new Date(1)]);
  });

  it('passes on what a loader throws, be it something that can not be looked at', async () => {
    const proxy = revoked();
    const caught: unknown[] = [];
    await cache
      .cache(KEY, () => {
        throw proxy; // eslint-disable-line @typescript-eslint/only-throw-error -- that is the point
      })
      .catch((error: unknown) => caught.push(error));
    expect(caught[0] === proxy).toBe(true);
  });

  it('leaves no rejection to nobody when a serializer or a listener is asynchronous', async () => {
    const late = () => Promise.reject(new Error('late'));
    const serializer = any({ toCache: late, fromCache: (stored: unknown) => stored });
    await expect(cache.set(KEY, 1, { serializer })).rejects.toMatchObject({
      code: 'VALUE_INVALID',
    });
    cache.onSettingChanged(any(late));
    await cache.configure({ values: { defaultTtl: 77 } });
    await settle();
    expect((await cache.status()).faults['listener-failed']).toBe(1);
  });

  it('answers a fresh read although an observer fails', async () => {
    const observed = await fleet.join({
      middleware: [
        {
          name: 'observer',
          handle: (_, next) => next(),
          onFreshHit: () => {
            throw new Error('observer');
          },
        },
      ],
    });
    await observed.cache(KEY, () => 1);
    expect((await observed.read(KEY, () => 2)).value).toBe(1);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['no change of settings', () => cache.configure(any(null)), 'OPTION_INVALID'],
    ['a misspelt change', () => cache.configure(any({ vals: {} })), 'OPTION_INVALID'],
    ['no selection to warm', () => cache.warm(any(null)), 'OPTION_INVALID'],
    ['kinds that are no list', () => cache.warm(any({ kinds: 5 })), 'OPTION_INVALID'],
    ['no warmer', async () => cache.registerWarmer(any(null)), 'CONFIG_INVALID'],
    ['no transaction', () => cache.inTransaction(any(5)), 'OPTION_INVALID'],
    ['no work after a commit', () => cache.afterCommit(any(5)), 'OPTION_INVALID'],
    ['no listener', async () => cache.onSettingChanged(any(5)), 'OPTION_INVALID'],
    [
      'settings that are none',
      async () => new CacheService(fleet.store.provider(), { settings: any({ bogus: 1 }) }),
      'CONFIG_INVALID',
    ],
  ])('refuses %s by name', async (_, act, code) => {
    await expect(act()).rejects.toMatchObject({ code });
  });

  it('writes a large batch although few invalidations may wait', async () => {
    const small = await fleet.join({ maxQueuedInvalidations: 5, sketchSlots: 2 ** 20 });
    await cache.cache('precious', () => 'kept');
    const items = Array.from({ length: 500 }, (_, i) => ({ key: `k${i}`, value: i, ttl: 60 }));
    expect(await small.batchSet(items)).toMatchObject({ failed: 0 });
    expect(await cache.get('precious')).toBe('kept');
  });
});
