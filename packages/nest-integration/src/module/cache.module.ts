import { Global, Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CacheService } from '@vitalcache/core';

import { METHOD_CONTEXT_TOKEN } from '../decorator/method-context.js';
import {
  type ASYNC_OPTIONS_TYPE,
  CACHE_PROVIDER_TOKEN,
  ConfigurableModuleClass,
} from './cache.module-definition.js';
import type { CacheModuleOptions } from './cache-module.options.js';
import { CACHE_PROVIDERS } from './cache.providers.js';

/**
 * Makes `CacheService`, the store (token `'ICacheProvider'`) and `@Cache()` work in the whole application. Imported as
 * it is, it configures itself from the environment.
 *
 * The application fails to start with a `CacheError` of one line when the configuration is wrong; it starts, with a
 * warning, when the store can't be reached.
 */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: CACHE_PROVIDERS,
  exports: [CACHE_PROVIDER_TOKEN, CacheService, METHOD_CONTEXT_TOKEN],
})
export class CacheModule extends ConfigurableModuleClass {
  /** With options; they come before variables of the same meaning. */
  static override forRoot(options: CacheModuleOptions = {}): DynamicModule {
    return super.forRoot(options);
  }

  /** With options that other providers make: `useFactory`, `useClass` or `useExisting` (`createCacheOptions()`). */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return super.forRootAsync(options);
  }
}
