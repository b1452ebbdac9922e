import { runInNewContext } from 'node:vm';

import type { CacheService } from '../../src/service/cache.service.js';
import type { FoundEntry } from '../../src/repository/found-entry.js';
import type { ICacheStrategy } from '../../src/strategy/cache-strategy.js';
import { Fleet } from '../support/fleet.js';

const KEY = 'users:7';
/** Whatever a caller without types may hand in. */
const any = (value: unknown): never => value as never;

describe('misuse', () => {
  let fleet: Fleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join();
  });
  afterEach(() => fleet.close());

  it.each<[string, () => Promise<unknown>]>([
    ['cache', () => cache.cache(any(null), () => 1)],
    ['read', () => cache.read(any(null), () => 1)],
    ['get', () => cache.get(any(null))],
    ['set', () => cache.set(any(null), 1)],
    ['update', () => cache.update(any(null), () => 1)],
    ['del', () => cache.del(any(null))],
    ['invalidateCache', () => cache.invalidateCache(any(null))],
    ['explain', () => cache.explain(any(null))],
  ])('%s refuses null as a key', async (_, call) => {
    await expect(call()).rejects.toMatchObject({ code: 'KEY_INVALID' });
  });

  describe('options that can’t be read', () => {
    const unreadable: [string, () => unknown][] = [
      ['null', () => null],
      [
        'a revoked proxy',
        () => {
          const { proxy, revoke } = Proxy.revocable({}, {});
          revoke();
          return proxy;
        },
      ],
      [
        'a getter that throws',
        () => ({
          get ttl(): never {
            throw new Error('ttl');
          },
        }),
      ],
    ];

    it.each(unreadable)('reject, and are not thrown: %s', async (_, make) => {
      await cache.cache(KEY, () => 1);
      const load = jest.fn(() => 2);
      const calls = [
        () => cache.cache(KEY, load, any(make())),
        () => cache.read(KEY, load, any(make())),
        () => cache.cache('missing', load, any(make())),
      ];
      for (const call of calls) {
        let read: Promise<unknown> | undefined;
        expect(() => (read = call())).not.toThrow();
        await expect(read).rejects.toBeInstanceOf(Error);
      }
      expect(load).not.toHaveBeenCalled();
    });
  });

  it('rejects, and does not throw, when an observer of hits throws', async () => {
    const middleware = {
      name: 'observer',
      handle: (_operation: unknown, next: () => Promise<never>) => next(),
      onFreshHit: (): never => {
        throw new Error('observer');
      },
    };
    const observed = await fleet.join({ middleware: [middleware] });
    await observed.cache(KEY, () => 1);
    let read: Promise<unknown> | undefined;
    expect(() => (read = observed.cache(KEY, () => 2))).not.toThrow();
    expect(await read).toBe(1);
  });

  describe('of batches', () => {
    it.each<[string, unknown]>([
      ['a text', 'abc'],
      ['nothing', undefined],
      ['an object', {}],
    ])('deletes nothing for %s', async (_, keys) => {
      await cache.batchSet(['a', 'b', 'c'].map((key) => ({ key, value: 1 })));
      await expect(cache.batchDelete(any(keys))).rejects.toMatchObject({ code: 'KEY_INVALID' });
      expect(await cache.batchGet(['a', 'b', 'c'])).toEqual([1, 1, 1]);
    });

    it.each<[string, unknown]>([
      ['nothing', undefined],
      ['an object', {}],
      ['a list of null', [null]],
    ])('sets nothing for %s', async (_, items) => {
      await expect(cache.batchSet(any(items))).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    });

    it.each<[string, () => unknown]>([
      ['a Set', () => new Set(['v'])],
      ['a Date', () => new Date(0)],
      ['a RegExp', () => /v/],
      ['bytes', () => new Uint8Array([1])],
      ['a WeakMap', () => new WeakMap()],
      ['an object with inherited members only', () => Object.create({ a: 1 }) as unknown],
    ])('takes %s for no answer of a batch loader, rather than for nothing', async (_, make) => {
      const read = cache.cacheMany(['a'], () => any(make()));
      await expect(read).rejects.toMatchObject({ code: 'VALUE_INVALID' });
      expect(await cache.cacheMany(['a'], () => ['v'])).toEqual(['v']);
    });

    it('takes a Map of another realm for what it is', async () => {
      const foreign: unknown = runInNewContext(`new Map([['a', 'v']])`);
      expect(await cache.cacheMany(['a'], () => any(foreign))).toEqual(['v']);
    });

    it('gives a strategy that looks for another key no entry of this one', async () => {
      const found: (FoundEntry | null)[] = [];
      const curious: ICacheStrategy = {
        name: 'curious',
        when: () => true,
        read: async (request, engine) => {
          found.push(await engine.find('users:8', request.options));
          return engine.load(request, null);
        },
      };
      await cache.cache(KEY, () => 'v7');
      await cache.settled();
      const other = await fleet.join({ strategies: [curious] });
      await other.cacheMany([KEY], () => ['loaded']);
      expect(found).toEqual([null]);
    });
  });

  it.each<[string, () => unknown, string]>([
    ['null as options', () => cache.invalidateCache(KEY, any(null)), 'OPTION_INVALID'],
    [
      'an unknown option',
      () => cache.invalidateCache(KEY, any({ moed: 'stale' })),
      'OPTION_INVALID',
    ],
    ['an unknown mode', () => cache.clear(any({ mode: 'soft' })), 'OPTION_INVALID'],
    ['an unknown whenQueued', () => cache.clear(any({ whenQueued: 'explode' })), 'OPTION_INVALID'],
    ['a number for a clear', () => cache.clear(any(5)), 'OPTION_INVALID'],
    ['no stamp and no token', () => cache.waitFor(any(null)), 'OPTION_INVALID'],
    ['a fraction as a stamp', async () => cache.tokenOf(1.5), 'OPTION_INVALID'],
    ['infinity as a stamp', async () => cache.tokenOf(Infinity), 'OPTION_INVALID'],
  ])('is refused by name: %s', async (_, call, code) => {
    await cache.set(KEY, 1, 60);
    await expect(call()).rejects.toMatchObject({ code });
    expect(await cache.get(KEY)).toBe(1);
  });
});
