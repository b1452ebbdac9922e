import KeyvRedis from '@keyv/redis';
import { RedisMessageProvider } from '@qified/redis';
import { Cacheable, Keyv } from 'cacheable';

import type { IPeer, OpenCache, PeerTerms } from './peer.js';

/** As its README sets it up: memory first, `@keyv/redis` second, and a Redis that tells other processes of changes. */
export const peer: IPeer = {
  name: 'cacheable',
  packages: ['cacheable', '@keyv/redis', '@qified/redis'],
  abilities: ['own', 'shared', 'both', 'batch', 'invalidation'],
  async open(terms: PeerTerms): Promise<OpenCache> {
    const { load, ttlMs } = terms;
    const cache = cacheOf(terms);
    cache.on('error', () => undefined); // as the README asks: otherwise it would end the process
    return {
      read: (key) => cache.getOrSet(key, () => load(key), { ttl: ttlMs }),
      invalidate: (key) => cache.delete(key),
      readMany: (keys) => cache.getMany([...keys]),
      writeMany: (entries) =>
        cache.setMany(entries.map(([key, value]) => ({ key, value, ttl: ttlMs }))),
      close: () => cache.disconnect(),
    };
  },
};

function cacheOf({ tiers, url, namespace, maxEntries }: PeerTerms): Cacheable {
  if (tiers === 'own') return new Cacheable();
  const secondary = new Keyv({ store: new KeyvRedis(url), namespace, useKeyPrefix: false });
  if (tiers === 'shared') return new Cacheable({ primary: secondary });
  const qified = new RedisMessageProvider({ uri: url });
  return new Cacheable({ secondary, sync: { qified, namespace }, cacheId: `${maxEntries}` });
}
