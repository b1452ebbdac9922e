import type { CacheService } from '../../src/service/cache.service.js';
import { Fleet } from '../support/fleet.js';

const KEY = 'users:7';

describe('"there is nothing", as a value to store', () => {
  let fleet: Fleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join();
  });
  afterEach(() => fleet.close());

  const tags = (): string[] => ['users'];
  const writes: [string, (options: object) => Promise<unknown>, object][] = [
    ['set', (options) => cache.set(KEY, null, options), { stored: false }],
    [
      'batchSet',
      (options) => cache.batchSet([{ key: KEY, value: null, ...options }]),
      { failed: 1 },
    ],
    ['update', (options) => cache.update(KEY, () => null, options), { stored: false }],
  ];

  it.each(writes)(
    'is not stored by %s when only a value tells its tags',
    async (_, write, said) => {
      expect(await write({ ttl: 60, tags })).toMatchObject({ recorded: true, ...said });
      expect(await cache.cache(KEY, () => 'new')).toBe('new');
    },
  );

  it.each(writes)('is not stored by %s when it is not to be cached', async (_, write, said) => {
    expect(await write({ ttl: 60, negativeTtlMs: 0 })).toMatchObject({ recorded: true, ...said });
    expect(await cache.cache(KEY, () => 'new')).toBe('new');
  });

  it.each(writes)('is stored by %s with tags that are known, which reach it', async (_, write) => {
    await write({ ttl: 60, tags: ['users'] });
    expect(await cache.read(KEY, () => 'new')).toMatchObject({ value: null, outcome: 'hit' });
    await cache.invalidateCacheByTag('users');
    expect(await cache.cache(KEY, () => 'new')).toBe('new');
  });
});
