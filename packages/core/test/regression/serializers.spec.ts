import type { CacheService } from '../../src/service/cache.service.js';
import { Fleet, settle } from '../support/fleet.js';

const KEY = 'users:7';
const dates = {
  toCache: (date: Date) => ({ at: date.getTime() }),
  fromCache: (stored: { at: number }) => new Date(stored.at),
};
const broken = (what: string) => (): never => {
  throw new Error(what);
};

describe('a serializer', () => {
  let fleet: Fleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join();
  });
  afterEach(() => fleet.close());

  it('that can’t make one value of a batch plain costs that one only', async () => {
    const serializer = { ...dates, toCache: broken('toCache') };
    const items = [
      { key: 'good', value: 1 },
      { key: 'bad', value: 2, serializer },
    ];
    expect(await cache.batchSet(items)).toMatchObject({ recorded: true, failed: 1 });
    expect(await cache.batchGet(['good', 'bad'])).toEqual([1, null]);
  });

  it('that can’t make a loaded value plain costs its caching, not the value', async () => {
    const serializer = { ...dates, toCache: broken('toCache') };
    const load = jest.fn(() => new Date(1));
    for (let read = 0; read < 5; read++) {
      expect(await cache.cache(KEY, load, { serializer })).toEqual(new Date(1));
    }
    expect(load).toHaveBeenCalledTimes(5); // nothing is held against the loader
    expect(await cache.get(KEY)).toBeNull();
  });

  it('that can’t read what is stored makes it a miss, once', async () => {
    await cache.cache(KEY, () => ({ of: 'another time' }));
    await settle();
    const serializer = {
      ...dates,
      fromCache: (stored: { at?: number }) => {
        if (stored.at === undefined) throw new Error('fromCache');
        return new Date(stored.at);
      },
    };
    const load = jest.fn(() => new Date(3));
    expect(await cache.cache<Date>(KEY, load, { serializer })).toEqual(new Date(3));
    await settle();
    expect(await cache.cache<Date>(KEY, load, { serializer })).toEqual(new Date(3));
    expect(load).toHaveBeenCalledTimes(1);
    expect((await cache.status()).faults['entry-corrupt']).toBe(1);
  });
});
