import { Redis } from 'ioredis';
import { createNotificationPair, Loader, RedisCache, type LoaderConfig } from 'layered-loader';

import type { IPeer, OpenCache, PeerTerms } from './peer.js';

/** As its README sets it up: an LRU in memory, Redis with JSON, notifications between processes. The last for Node 20. */
export const peer: IPeer = {
  name: 'layered-loader',
  packages: ['layered-loader', 'ioredis'],
  abilities: ['own', 'shared', 'both', 'invalidation'],
  async open(terms: PeerTerms): Promise<OpenCache> {
    const clients: Redis[] = [];
    const connect = (): Redis => {
      const client = new Redis(terms.url);
      client.on('error', () => undefined); // told by each command, too
      clients.push(client);
      return client;
    };
    const loader = new Loader<unknown>(configOf(terms, connect));
    await loader.init();
    return {
      read: (key) => loader.get(key),
      invalidate: (key) => loader.invalidateCacheFor(key),
      close: async () => {
        await loader.close();
        for (const client of clients) client.disconnect();
      },
    };
  },
};

function configOf(terms: PeerTerms, connect: () => Redis): LoaderConfig<unknown> {
  const { tiers, namespace, ttlMs, maxEntries, load } = terms;
  const config = { dataSourceGetOneFn: load, throwIfLoadError: true };
  const memory = {
    inMemoryCache: { cacheType: 'lru-map', ttlInMsecs: ttlMs, maxItems: maxEntries } as const,
  };
  if (tiers === 'own') return { ...config, ...memory };
  const redis = { json: true, ttlInMsecs: ttlMs, prefix: namespace };
  const shared = { asyncCache: new RedisCache<unknown>(connect(), redis) };
  if (tiers === 'shared') return { ...config, ...shared, inMemoryCache: false };
  const { publisher, consumer } = createNotificationPair<unknown>({
    channel: `${namespace}-notifications`,
    consumerRedis: connect(),
    publisherRedis: connect(),
  });
  return {
    ...config,
    ...memory,
    ...shared,
    notificationConsumer: consumer,
    notificationPublisher: publisher,
  };
}
