import KeyvRedis from '@keyv/redis';
import { createCache } from 'cache-manager';
import { createKeyv } from 'cacheable';
import { Keyv } from 'keyv';

import type { IPeer, OpenCache, PeerTerms } from './peer.js';

/** As its README sets it up: an LRU of `cacheable` in memory, then `@keyv/redis`. `@nestjs/cache-manager` uses it. */
export const peer: IPeer = {
  name: 'cache-manager',
  packages: ['cache-manager', '@keyv/redis', 'keyv'],
  abilities: ['own', 'shared', 'both', 'batch', 'invalidation'],
  async open(terms: PeerTerms): Promise<OpenCache> {
    const { load, ttlMs } = terms;
    const stores = storesOf(terms);
    for (const store of stores) store.on('error', () => undefined);
    const cache = createCache({ stores });
    return {
      read: (key) => cache.wrap(key, () => load(key), ttlMs),
      invalidate: (key) => cache.del(key),
      readMany: (keys) => cache.mget([...keys]),
      writeMany: (entries) =>
        cache.mset(entries.map(([key, value]) => ({ key, value, ttl: ttlMs }))),
      close: async () => void (await cache.disconnect()),
    };
  },
};

function storesOf({ tiers, url, namespace, ttlMs, maxEntries }: PeerTerms): Keyv[] {
  const memory = tiers === 'shared' ? [] : [createKeyv({ ttl: ttlMs, lruSize: maxEntries })];
  const redis = tiers === 'own' ? [] : [new Keyv({ store: new KeyvRedis(url), namespace })];
  return [...memory, ...redis];
}
