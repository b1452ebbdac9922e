import { CacheService } from '../../src/service/cache.service.js';
import { MapProvider } from '../support/map.provider.js';

describe('two caches of one process over a provider without a journal', () => {
  it('hear of each other’s invalidations', async () => {
    const { get, set, del, bytes } = new MapProvider();
    const provider = { get, set, del, bytes };
    const [one, other] = [new CacheService(provider), new CacheService(provider)];
    expect(await other.cache('k', () => 'v1')).toBe('v1');
    await other.settled();
    expect((await one.invalidateCache('k')).recorded).toBe(true);
    expect(await other.cache('k', () => 'v2')).toBe('v2');
  });

  it('are apart in different namespaces', async () => {
    const { get, set, del, bytes } = new MapProvider();
    const provider = { get, set, del, bytes };
    const one = new CacheService(provider, { namespace: 'one' });
    const other = new CacheService(provider, { namespace: 'other' });
    await other.cache('k', () => 'v1');
    await one.invalidateCache('k');
    expect(await other.cache('k', () => 'v2')).toBe('v1');
  });
});
