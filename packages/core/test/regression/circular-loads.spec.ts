import type { CacheService } from '../../src/service/cache.service.js';
import { Fleet } from '../support/fleet.js';

describe('loads that wait for each other', () => {
  let fleet: Fleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join();
  });
  afterEach(() => fleet.close());

  it('end when one of two waits for the same load was given up', async () => {
    const loadA = async (): Promise<string> => {
      const impatient = cache.cache('b', loadB, { hardTimeoutMs: 10 }).catch(() => 'too late');
      const [, b] = await Promise.all([impatient, cache.cache('b', loadB)]);
      return `a of ${b.length}`;
    };
    const loadB = async (): Promise<string> => {
      await fleet.clock.sleep(100);
      return `b of ${(await cache.cache('a', loadA)).length}`;
    };
    const ended: string[] = [];
    const reads = [
      cache.cache('b', loadB).finally(() => ended.push('b')),
      fleet.clock.sleep(1).then(() => cache.cache('a', loadA).finally(() => ended.push('a'))),
    ];
    for (const read of reads) read.catch(() => undefined);
    await fleet.clock.advance(600_000);
    expect(ended.sort()).toEqual(['a', 'b']);
  });

  it.each([
    ['the first', 0],
    ['the second', 1],
  ])('end when a batch loader reads %s of its own keys', async (_, index) => {
    const keys = ['c', 'd'];
    const inner = keys[index] as string;
    const results: unknown[] = [];
    const loadOne = async (): Promise<string[]> => {
      const value = await cache.cache(inner, () => 'inner');
      return keys.map(() => value);
    };
    void cache.cacheMany(keys, loadOne).then((values) => results.push(values));
    await fleet.clock.advance(600_000);
    expect(results).toEqual([['inner', 'inner']]);
  });

  it('end when a batch loader asks for a part of its own batch', async () => {
    const results: unknown[] = [];
    const load = async (keys: readonly string[]): Promise<unknown[]> => {
      const [value] = await cache.cacheMany(['d'], () => ['inner']);
      return keys.map(() => value);
    };
    void cache.cacheMany(['c', 'd'], load).then((values) => results.push(values));
    await fleet.clock.advance(600_000);
    expect(results).toEqual([['inner', 'inner']]);
  });
});
