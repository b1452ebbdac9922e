import { CacheError } from '@vitalcache/core';

import { HealthcareCacheService } from './healthcare-cache.service.js';

/** @throws CacheError `CONFIG_INVALID` */
export function assertHealthcare(cache: unknown): asserts cache is HealthcareCacheService {
  if (cache instanceof HealthcareCacheService) return;
  throw new CacheError(
    'CONFIG_INVALID',
    'The healthcare plugin needs a HealthcareCacheService; make the cache with new HealthcareCacheService(provider, { plugins: [plugin] }), or through CacheModule.',
  );
}
