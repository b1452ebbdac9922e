// What a service does first: run by the rehearsal of a release, where the packages are installed from its registry.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

import { CacheService } from '@vitalcache/core';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';
import { SWRCacheStrategy } from '@vitalcache/swr';

const cache = new CacheService(new MemoryCacheProvider(), {
  namespace: 'smoke',
  strategies: [new SWRCacheStrategy()],
});
await cache.start();
let loads = 0;
const load = () => ({ at: new Date(0), loads: ++loads });
assert.deepEqual(await cache.cache('user:1', load), { at: new Date(0), loads: 1 });
assert.equal((await cache.read('user:1', load)).outcome, 'hit');
await cache.invalidateCache('user:1');
assert.equal((await cache.cache('user:1', load)).loads, 2);
await cache.close();

// One copy, however it is loaded.
assert.equal(createRequire(import.meta.url)('@vitalcache/core').CacheService, CacheService);
console.log('a hit, an invalidation, a new load');
