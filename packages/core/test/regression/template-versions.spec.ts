import type { CacheService } from '../../src/service/cache.service.js';
import { Fleet } from '../support/fleet.js';

const KEY = 'users:7';

describe('templates with versions of their own', () => {
  let fleet: Fleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join({ templateVersions: { a: 1, b: 2 } });
    await cache.cache(KEY, () => 'as a', { template: 'a' });
    await cache.settled();
  });
  afterEach(() => fleet.close());

  const entries = (): readonly string[] =>
    [...fleet.store.items.keys()].filter((name) => name.includes(':e:'));

  it('get no value of each other, be it held or stored', async () => {
    expect(await cache.cache(KEY, () => 'as b', { template: 'b' })).toBe('as b');
    expect((await cache.read(KEY, () => 'as a again', { template: 'a' })).value).toBe('as a');
  });

  it('are all removed with their key', async () => {
    await cache.cache(KEY, () => 'as b', { template: 'b', consistency: 'strong' });
    await cache.settled();
    expect(entries()).toHaveLength(2);
    expect(await cache.del(KEY)).toBe(true);
    expect(entries()).toEqual([]);
  });
});
