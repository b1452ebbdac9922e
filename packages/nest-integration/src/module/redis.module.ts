import { Module, type DynamicModule } from '@nestjs/common';
import type { ProviderPackage } from '@vitalcache/core';

import { connectionsModule } from './connections.providers.js';

/**
 * Makes `RedisService` of `@vitalcache/provider-redis` injectable: the one with which the cache reaches its store, for
 * commands of the application's own. CacheModule imports it where it is given the package in code.
 */
@Module({})
export class RedisModule {
  /**
   * @param providerPackage the export of that name of `@vitalcache/provider-redis`
   * @throws CacheError `CONFIG_INVALID` for another package's
   */
  static forRoot(providerPackage: ProviderPackage): DynamicModule {
    return connectionsModule(RedisModule, 'redis', providerPackage);
  }
}
