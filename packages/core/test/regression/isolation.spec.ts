import type { CacheService } from '../../src/service/cache.service.js';
import { Fleet, settle, slowLoader } from '../support/fleet.js';

interface Value {
  a: number;
}
const KEY = 'users:7';
const load = (): Value => ({ a: 1 });

describe('isolation', () => {
  let fleet: Fleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join();
  });
  afterEach(() => fleet.close());

  it('gives a copy to who asks for one, whoever cached the value', async () => {
    await cache.cache(KEY, load);
    await settle();
    const copy = await cache.cache(KEY, load, { isolation: 'clone' });
    copy.a = 2;
    expect(await cache.cache(KEY, load, { isolation: 'clone' })).toEqual({ a: 1 });
    expect(await cache.get(KEY)).toEqual({ a: 1 });
  });

  it.each<[string, () => Promise<Value | null | undefined>]>([
    ['cache', () => cache.cache(KEY, load)],
    ['get', () => cache.get<Value>(KEY)],
    ['batchGet', async () => (await cache.batchGet<Value>([KEY]))[0]],
    ['cacheMany', async () => (await cache.cacheMany([KEY], () => [load()]))[0]],
    ['read', async () => (await cache.read(KEY, load)).value],
  ])('keeps what one shares and changes from who called %s', async (_, read) => {
    const shared = await cache.cache(KEY, load, { isolation: 'shared' });
    await settle();
    shared.a = 99;
    const value = await read();
    expect(value).toEqual({ a: 1 });
    expect(Object.isFrozen(value)).toBe(true);
  });

  it('gives who wants nothing changed another value than the one that a caller froze at its top', async () => {
    const list = (): { list: number[] } => ({ list: [1] });
    const shared = await cache.cache(KEY, list, { isolation: 'shared' });
    await settle();
    Object.freeze(shared).list.push(2);
    expect(await cache.cache(KEY, list)).toEqual({ list: [1] });
  });

  it('gives each place of a repeated key a copy of its own', async () => {
    const [x, y] = await cache.cacheMany([KEY, KEY], () => [load()], { isolation: 'clone' });
    expect(x).toEqual(y);
    expect(x).not.toBe(y);
  });

  it('gives each who joins a load what it asked for', async () => {
    const slow = slowLoader<Value>();
    const reads = (['freeze', 'clone', 'clone'] as const).map((isolation) =>
      cache.cache(KEY, slow.load, { isolation }),
    );
    await settle();
    slow.resolve({ a: 1 });
    const [frozen, one, two] = (await Promise.all(reads)) as [Value, Value, Value];
    expect(slow.calls).toBe(1);
    expect([frozen, one, two].map((value) => Object.isFrozen(value))).toEqual([true, false, false]);
    one.a = 2;
    expect([frozen, two]).toEqual([{ a: 1 }, { a: 1 }]);
  });

  it('keeps what a caller does to its copy from one who joined its load', async () => {
    const slow = slowLoader<Value>();
    const copying = cache.cache(KEY, slow.load, { isolation: 'clone' });
    const plain = cache.cache(KEY, slow.load);
    await settle();
    slow.resolve({ a: 1 });
    (await copying).a = 2;
    expect(await plain).toEqual({ a: 1 });
  });
});
