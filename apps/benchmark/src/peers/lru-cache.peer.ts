import { LRUCache } from 'lru-cache';

import type { IPeer, OpenCache, PeerTerms } from './peer.js';

/** What applications write themselves around an `lru-cache`: nothing is shared, nothing is joined. */
export const peer: IPeer = {
  name: 'lru-cache',
  packages: ['lru-cache'],
  abilities: ['own', 'invalidation'],
  async open({ load, ttlMs, maxEntries }: PeerTerms): Promise<OpenCache> {
    const cache = new LRUCache<string, object>({ max: maxEntries, ttl: ttlMs });
    const getOrLoad = async (key: string, missing: () => Promise<unknown>) => {
      const held = cache.get(key);
      if (held !== undefined) return held;
      const value = (await missing()) as object;
      cache.set(key, value);
      return value;
    };
    return {
      read: (key) => getOrLoad(key, () => load(key)),
      invalidate: async (key) => cache.delete(key),
      close: async () => cache.clear(),
    };
  },
};
