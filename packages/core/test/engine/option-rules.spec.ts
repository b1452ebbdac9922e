import { CacheService } from '../../src/service/cache.service.js';
import { CacheError } from '../../src/errors/cache.error.js';
import type { CachePlugin } from '../../src/plugin/cache-plugin.js';
import { MapProvider } from '../support/map.provider.js';

const PATIENT = { id: '7', name: 'A', ssn: 'x' };
const SHOWN = { id: '7', name: 'A' };
const OPTIONS = { project: ['id', 'name'] };

describe('an option rule of a plugin', () => {
  const bounded: CachePlugin = {
    name: 'bounded',
    optionRule: (written, resolved) => {
      if (written.ttl !== undefined && resolved.ttlMs > 60_000) {
        throw new CacheError('OPTION_INVALID', 'ttl is above 60 s.');
      }
      return Object.freeze({ ...resolved, ttlMs: 60_000, maxTtlMs: 60_000 });
    },
  };
  const cache = new CacheService(new MapProvider(), {
    plugins: [bounded],
    defaults: { jitterRatio: 0 },
  });

  it('refuses what was written, lowers what was not, and bounds what loaders say', async () => {
    await expect(cache.cache('k', () => 1, { ttl: 61 })).rejects.toThrow('above 60 s');
    await expect(cache.set('k', 1, { ttl: 61 })).rejects.toThrow('above 60 s');
    const read = await cache.read('k', () => 1, { compress: false });
    expect(read.expiresInMs).toBeLessThanOrEqual(60_000);
    await expect(cache.cache('l', ({ setTtl }) => setTtl(61), { template: 'l' })).rejects.toThrow(
      'up to 60 s',
    );
  });
});

describe('an option rule that asks for more than a fresh entry', () => {
  const asking = (more: object): CacheService =>
    new CacheService(new MapProvider(), {
      plugins: [{ name: 'asking', optionRule: (_, resolved) => ({ ...resolved, ...more }) }],
    });

  it.each([
    ['loads anew', { forceRefresh: true }],
    ['leaves the cache out', { ttlMs: 0 }],
  ])('%s where this process holds one', async (_, more) => {
    const cache = asking(more);
    for (const options of [{ compress: false }, Object.freeze({ template: 'x' })]) {
      const load = jest.fn(() => 1);
      await cache.set('k', 0);
      for (let i = 0; i < 3; i++) await cache.cache('k', load, options);
      expect(load).toHaveBeenCalledTimes(3);
    }
  });
});

describe('project', () => {
  it('keeps the same of what is loaded, set, updated and loaded in a batch', async () => {
    const cache = new CacheService(new MapProvider());
    expect(await cache.cache('a', () => PATIENT, OPTIONS)).toStrictEqual(SHOWN);
    expect(await cache.get('a')).toStrictEqual(SHOWN);
    await cache.set('b', PATIENT, OPTIONS);
    expect(await cache.get('b')).toStrictEqual(SHOWN);
    await cache.update('b', () => ({ ...PATIENT, ssn: 'y' }), OPTIONS);
    expect(await cache.get('b')).toStrictEqual(SHOWN);
    await cache.batchSet([{ key: 'c', value: PATIENT, ...OPTIONS }]);
    expect(await cache.get('c')).toStrictEqual(SHOWN);
    expect(await cache.cacheMany(['d', 'd'], () => [PATIENT], OPTIONS)).toStrictEqual([
      SHOWN,
      SHOWN,
    ]);
    expect(await cache.get('d')).toStrictEqual(SHOWN);
  });
});
