import { Global, Module, type DynamicModule, type InjectionToken } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CacheService } from '@vitalcache/core';

import { allOf, DEFAULT_CONTROLLERS, placed } from '../admin/admin-place.js';
import type { CacheAdminPlace } from '../admin/cache-admin.options.js';
import { CacheHealthIndicator } from '../health/cache-health.indicator.js';
import { CacheHealthService } from '../health/cache-health.service.js';
import { METHOD_CONTEXT_TOKEN } from '../decorator/method-context.js';
import {
  type ASYNC_OPTIONS_TYPE,
  CACHE_PROVIDER_TOKEN,
  ConfigurableModuleClass,
} from './cache.module-definition.js';
import type { CacheModuleOptions } from './cache-module.options.js';
import { CACHE_PROVIDERS } from './cache.providers.js';
import { DragonflyModule } from './dragonfly.module.js';
import { namedModule } from './named-cache.module.js';
import { pluginProviders, tokensOf } from './plugin.providers.js';
import { RedisModule } from './redis.module.js';

/** How other providers make the options. */
export type CacheModuleAsyncOptions = typeof ASYNC_OPTIONS_TYPE & {
  /** What the plugins of the options bring for injection, such as `HealthcareCacheService`; Nest must know it before. */
  readonly provides?: readonly InjectionToken[];
  /** Where the endpoints for operators stand, if not at `cache`; Nest must know it before the options. */
  readonly admin?: CacheAdminPlace;
  /** As of the options; Nest must know it before. */
  readonly name?: string;
};

/**
 * Makes `CacheService`, the store (token `'ICacheProvider'`), `@Cache()` and what plugins bring work in the whole
 * application. Imported as it is, it configures itself from the environment.
 *
 * The application fails to start with a `CacheError` of one line when the configuration is wrong or a plugin refuses; it
 * starts, with a warning, when the store can't be reached.
 */
@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: allOf(DEFAULT_CONTROLLERS),
  providers: CACHE_PROVIDERS,
  exports: [
    CACHE_PROVIDER_TOKEN,
    CacheService,
    METHOD_CONTEXT_TOKEN,
    CacheHealthService,
    CacheHealthIndicator,
  ],
})
export class CacheModule extends ConfigurableModuleClass {
  /** With options; they come before variables of the same meaning. */
  static override forRoot(options: CacheModuleOptions = {}): DynamicModule {
    const module = withServices(super.forRoot(options), tokensOf(options.plugins));
    const { admin, name, provider } = options;
    if (name !== undefined) return namedModule(module, name, admin);
    const imports = [...(module.imports ?? []), ...connectionsOf(provider)];
    return placed({ ...module, imports }, admin || {});
  }

  /** With options that other providers make: `useFactory`, `useClass` or `useExisting` (`createCacheOptions()`). */
  static override forRootAsync({
    provides = [],
    admin,
    name,
    ...options
  }: CacheModuleAsyncOptions): DynamicModule {
    const module = withServices(super.forRootAsync(options), provides);
    return name === undefined ? placed(module, admin ?? {}) : namedModule(module, name, admin);
  }
}

/** The module of the connections of a provider whose package is given. */
function connectionsOf(provider: CacheModuleOptions['provider']): DynamicModule[] {
  if (!provider || !('fromEnvironment' in provider)) return [];
  if (provider.name === 'redis') return [RedisModule.forRoot(provider)];
  return provider.name === 'dragonfly' ? [DragonflyModule.forRoot(provider)] : [];
}

function withServices(module: DynamicModule, tokens: readonly InjectionToken[]): DynamicModule {
  return {
    ...module,
    providers: [...(module.providers ?? []), ...pluginProviders(tokens, CacheService)],
    exports: [...(module.exports ?? []), ...tokens],
  };
}
