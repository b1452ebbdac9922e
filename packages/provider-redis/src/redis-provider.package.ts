import type { EnvironmentReader, ProviderContext, ProviderPackage } from '@vitalcache/core';

import { readRedisEnvironment } from './connection/redis-environment.js';
import type { RedisServiceOptions } from './connection/redis-options.js';
import { RedisCacheProvider } from './redis-cache.provider.js';
import { RedisService } from './redis.service.js';

/** Makes `CACHE_PROVIDER=redis` work: builds the provider from the REDIS_ variables. */
export const providerPackage: ProviderPackage = {
  name: 'redis',
  connections: {
    token: RedisService,
    of: (provider) => (provider instanceof RedisCacheProvider ? provider.service : null),
  },
  fromEnvironment(reader, context) {
    return new RedisCacheProvider(new RedisService(optionsFrom(reader, 'REDIS_', context)));
  },
};

/** What variables with a prefix, and those of all providers, say of a service. What is wrong is noted in the reader. */
export function optionsFrom(
  reader: EnvironmentReader,
  prefix: string,
  context: ProviderContext,
): RedisServiceOptions {
  return {
    ...readRedisEnvironment(reader, prefix, context.shards),
    poolSize: context.poolSize,
    maxConnections: context.maxConnections,
    tuning: context.tuning,
    readsReplicas: context.isReplicated,
    connectTimeoutMs: context.connectTimeoutMs,
    commandTimeoutMs: context.commandTimeoutMs,
    retryAttempts: context.retryAttempts,
    retryDelayMs: context.retryDelayMs,
    onStateChange: context.onStateChange,
  };
}
