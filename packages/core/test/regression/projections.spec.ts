import { inspect } from 'node:util';

import type { CacheOptions } from '../../src/options/cache-options.js';
import type { CacheService } from '../../src/service/cache.service.js';
import { Fleet } from '../support/fleet.js';

const KEY = 'users:7';
const failing = {
  toCache: (): never => {
    throw new Error('SECRET');
  },
  fromCache: (stored: unknown) => stored,
} as never;
/** A member of it can't be looked at. */
const odd = {
  secret: 'SECRET',
  get name(): string {
    throw new Error('SECRET');
  },
};

describe('what is to be left away', () => {
  let fleet: Fleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join();
  });
  afterEach(() => fleet.close());

  it.each<[string, unknown, CacheOptions]>([
    [
      'the serializer',
      { name: 'Ann', secret: 'SECRET' },
      { project: ['name'], serializer: failing },
    ],
    ['a member of the value', odd, { project: ['name'] }],
  ])('is not given when %s fails', async (_, value, options) => {
    const attempts = [
      cache.cache(KEY, () => value, options),
      cache.cache(KEY, () => value, { ...options, ttl: 0 }),
      cache.set(KEY, value, options),
      cache.update(KEY, () => value as never, options),
    ];
    if (!options.serializer) attempts.push(cache.cacheMany([KEY], () => [value], options));
    const refused = (await Promise.allSettled(attempts)).map((one) =>
      one.status === 'rejected' ? (one.reason as unknown) : one.value,
    );
    for (const error of refused) {
      expect(error).toMatchObject({ code: 'VALUE_INVALID' });
      expect(inspect(error)).not.toContain('SECRET');
    }
    expect(await cache.get(KEY)).toBeNull();
  });

  it('is left away of a first read, of what is stored by it, and of what others stored', async () => {
    const [whole, options] = [{ name: 'Ann', secret: 'SECRET' }, { project: ['name'] }];
    expect(await cache.cache(KEY, () => whole, options)).toStrictEqual({ name: 'Ann' });
    await cache.settled();
    expect(await cache.get(KEY)).toStrictEqual({ name: 'Ann' });
    await cache.set(KEY, whole);
    expect(await cache.cache(KEY, () => whole, options)).toStrictEqual({ name: 'Ann' });
  });

  it('is given, and not cached, where nothing was to be left away', async () => {
    expect(await cache.cache(KEY, () => 'v', { serializer: failing })).toBe('v');
    expect(await cache.get(KEY)).toBeNull();
  });
});
