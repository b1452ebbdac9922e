import { CacheService, type ICacheProvider } from '@vitalcache/core';
import { DragonflyCacheProvider, DragonflyService } from '@vitalcache/provider-dragonfly';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';
import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';
import { SWRCacheStrategy } from '@vitalcache/swr';

import { LoadedEntries } from './loaded-entries.js';
import type { IPeer, OpenCache, PeerTerms } from './peer.js';

const ENTRY_BYTES = 4_096;

/** This project, on its defaults: the process's own tier is bounded in bytes. */
export const peer: IPeer = {
  name: 'vitalcache',
  packages: ['@vitalcache/core', 'ioredis-6'],
  abilities: ['own', 'shared', 'both', 'stale', 'tags', 'batch', 'invalidation'],
  async open(terms: PeerTerms): Promise<OpenCache> {
    const { load, ttlMs, staleAfterMs, tags, namespace, maxEntries } = terms;
    const { entryBytes = ENTRY_BYTES } = terms;
    const cache = new CacheService(providerOf(terms), {
      namespace,
      l1MaxBytes: terms.tiers === 'shared' ? 0 : maxEntries * entryBytes,
      strategies: staleAfterMs === undefined ? [] : [new SWRCacheStrategy()],
    });
    await cache.start();
    const ttl = ttlMs / 1_000;
    const staleTime = staleAfterMs === undefined ? ttl : staleAfterMs / 1_000;
    const options = Object.freeze({ ttl, staleTime, ...(tags ? { tags } : {}) });
    let loaded: Promise<LoadedEntries> | undefined;
    const openLoaded = (): Promise<LoadedEntries> =>
      LoadedEntries.open({ cache, url: terms.url, namespace, ttlSeconds: ttl, tags: tags ?? [] });
    return {
      read: (key) => cache.cache(key, () => load(key), options),
      invalidate: (key) => cache.invalidateCache(key),
      invalidateTag: (tag) => cache.invalidateCacheByTag(tag),
      readMany: (keys) => cache.batchGet(keys),
      loadMany: (keys) =>
        cache.cacheMany(keys, (missing) => Promise.all(missing.map(load)), options),
      writeMany: (entries) =>
        cache.batchSet(entries.map(([key, value]) => ({ key, value, ...options }))),
      fill: async (entries) => (await (loaded ??= openLoaded())).store(entries),
      settled: () => cache.settled(),
      close: async () => {
        (await loaded)?.close();
        await cache.close();
      },
    };
  },
};

function providerOf({ tiers, url, product, maxEntries }: PeerTerms): ICacheProvider {
  if (tiers === 'own') return new MemoryCacheProvider({ maxBytes: maxEntries * ENTRY_BYTES });
  return product === 'dragonfly'
    ? new DragonflyCacheProvider(new DragonflyService({ url }))
    : new RedisCacheProvider(new RedisService({ url }));
}
