import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { Redis } from 'ioredis';

import type { IPeer, OpenCache, PeerTerms } from './peer.js';

/** As bentocache.dev sets it up: memory, Redis and a bus; stale values by a grace period and a timeout of 0. */
export const peer: IPeer = {
  name: 'bentocache',
  packages: ['bentocache', 'ioredis'],
  abilities: ['own', 'shared', 'both', 'stale', 'tags', 'invalidation'],
  async open(terms: PeerTerms): Promise<OpenCache> {
    const { load, ttlMs, staleAfterMs, tags } = terms;
    const cache = new BentoCache({ default: 'cache', stores: { cache: storeOf(terms) } });
    const lives =
      staleAfterMs === undefined
        ? { ttl: ttlMs }
        : { ttl: staleAfterMs, grace: ttlMs - staleAfterMs, timeout: 0 };
    const options = { ...lives, ...(tags ? { tags: [...tags] } : {}) };
    return {
      read: (key) => cache.getOrSet({ key, factory: () => load(key), ...options }),
      invalidate: (key) => cache.delete({ key }),
      invalidateTag: (tag) => cache.deleteByTag({ tags: [tag] }),
      close: () => cache.disconnectAll(),
    };
  },
};

function storeOf({ tiers, url, namespace, maxEntries }: PeerTerms) {
  const memory = memoryDriver({ maxItems: maxEntries });
  if (tiers === 'own') return bentostore().useL1Layer(memory);
  const shared = redisDriver({ connection: new Redis(url), prefix: namespace });
  if (tiers === 'shared') return bentostore().useL2Layer(shared);
  const bus = redisBusDriver({ connection: new Redis(url) });
  return bentostore().useL1Layer(memory).useL2Layer(shared).useBus(bus);
}
