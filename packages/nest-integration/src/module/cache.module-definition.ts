import { ConfigurableModuleBuilder } from '@nestjs/common';

import type { CacheModuleOptions } from './cache-module.options.js';

/** Injection token of the store; a string, as applications write it themselves in unit tests. */
export const CACHE_PROVIDER_TOKEN = 'ICacheProvider';
/** Injection token of the configuration that a `CacheService` takes where no CacheModule builds it; optional. */
export const CACHE_CONFIG_TOKEN = 'VITALCACHE_CONFIG';
/** Injection token of the name of the cache that a module makes; `null` for the one without a name. */
export const CACHE_NAME_TOKEN = 'VITALCACHE_NAME';
/** Injection token of {@link CacheSetup}. */
export const CACHE_SETUP_TOKEN = 'VITALCACHE_SETUP';
/** Injection token of what the plugins contribute, once everything has been read. */
export const MERGED_PLUGINS_TOKEN = 'VITALCACHE_PLUGINS';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<CacheModuleOptions>({
    moduleName: 'VitalcacheModule',
  })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createCacheOptions')
    .build();
