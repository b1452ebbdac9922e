import { createCache, type StorageInputMemory, type StorageInputRedis } from 'async-cache-dedupe';
import { Redis } from 'ioredis-6';

import type { IPeer, OpenCache, PeerTerms } from './peer.js';

/** Seconds for which a tag's members are remembered: the longest `ttl`, as the README asks. */
const REFERENCES_SECONDS = 3_600;

/** As its README sets it up: one storage, in memory or in Redis; tags are its references. */
export const peer: IPeer = {
  name: 'async-cache-dedupe',
  packages: ['async-cache-dedupe', 'ioredis-6'],
  abilities: ['own', 'shared', 'stale', 'tags', 'invalidation'],
  async open(terms: PeerTerms): Promise<OpenCache> {
    const { load, ttlMs, staleAfterMs, tags, namespace } = terms;
    const client = terms.tiers === 'own' ? null : new Redis(terms.url);
    client?.on('error', () => undefined); // told by each command, too
    const freshMs = staleAfterMs ?? ttlMs;
    const cache = createCache({
      ttl: Math.ceil(freshMs / 1_000),
      stale: Math.floor((ttlMs - freshMs) / 1_000),
      storage: storageOf(terms, client),
    });
    const references = tags ? { references: () => [...tags] } : {};
    const defined = cache.define(namespace, references, load) as unknown as Record<
      string,
      (key: string) => Promise<unknown>
    >;
    const read = defined[namespace] as (key: string) => Promise<unknown>;
    return {
      read: (key) => read(key),
      invalidate: (key) => cache.clear(namespace, key),
      invalidateTag: (tag) => cache.invalidateAll(tag),
      close: async () => client?.disconnect(),
    };
  },
};

function storageOf(
  { tags, maxEntries }: PeerTerms,
  client: Redis | null,
): StorageInputMemory | StorageInputRedis {
  if (!client) {
    return { type: 'memory', options: { size: maxEntries, invalidation: tags !== undefined } };
  }
  const invalidation = tags ? { referencesTTL: REFERENCES_SECONDS } : false;
  return { type: 'redis', options: { client, invalidation } };
}
