import { Module, type DynamicModule } from '@nestjs/common';
import type { ProviderPackage } from '@vitalcache/core';

import { connectionsModule } from './connections.providers.js';

/**
 * Makes `DragonflyService` of `@vitalcache/provider-dragonfly` injectable: the one with which the cache reaches its store, for
 * commands of the application's own. CacheModule imports it where it is given the package in code.
 */
@Module({})
export class DragonflyModule {
  /**
   * @param providerPackage the export of that name of `@vitalcache/provider-dragonfly`
   * @throws CacheError `CONFIG_INVALID` for another package's
   */
  static forRoot(providerPackage: ProviderPackage): DynamicModule {
    return connectionsModule(DragonflyModule, 'dragonfly', providerPackage);
  }
}
