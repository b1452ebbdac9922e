import type { ProviderPackage } from '@vitalcache/core';

import { readRedisEnvironment } from './connection/redis-environment.js';
import { RedisService } from './connection/redis.service.js';
import { RedisCacheProvider } from './redis-cache.provider.js';

/** Makes `CACHE_PROVIDER=redis` work: builds the provider from the REDIS_ variables. */
export const providerPackage: ProviderPackage = {
  name: 'redis',
  fromEnvironment(reader, { connectTimeoutMs, commandTimeoutMs, onStateChange }) {
    const options = readRedisEnvironment(reader);
    const service = new RedisService({
      ...options,
      connectTimeoutMs,
      commandTimeoutMs,
      onStateChange,
    });
    return new RedisCacheProvider(service);
  },
};
