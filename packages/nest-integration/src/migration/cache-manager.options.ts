import type { InjectionToken, ModuleMetadata, Type } from '@nestjs/common';
import { CacheError } from '@vitalcache/core';

import type { CacheModuleOptions } from '../module/cache-module.options.js';

/** Options of `CacheModule.register()`: those of `@nestjs/cache-manager` that mean something here, and our own. */
export interface CacheManagerOptions extends CacheModuleOptions {
  /** Default time to live in milliseconds; 0 is refused: everything expires. Default: CACHE_DEFAULT_TTL. */
  readonly ttl?: number;
  /** The module is global in any case: import it once. */
  readonly isGlobal?: boolean;
}

/** Makes {@link CacheManagerOptions}; `createCacheOptions` as with `@nestjs/cache-manager`. */
export interface CacheOptionsFactory {
  createCacheOptions(): CacheManagerOptions | Promise<CacheManagerOptions>;
}

/** How other providers make {@link CacheManagerOptions}; one of `useFactory`, `useClass` and `useExisting`. */
export interface CacheManagerAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly isGlobal?: boolean;
  readonly useFactory?: (
    ...injected: never[]
  ) => CacheManagerOptions | Promise<CacheManagerOptions>;
  readonly inject?: InjectionToken[];
  readonly useClass?: Type<CacheOptionsFactory>;
  readonly useExisting?: Type<CacheOptionsFactory>;
}

const NOT_HERE: Readonly<Record<string, string>> = {
  stores: 'the store is what CACHE_PROVIDER names, or the option provider',
  store: 'the store is what CACHE_PROVIDER names, or the option provider',
  nonBlocking: 'reads wait for the store for readBudgetMs at most',
  refreshThreshold: 'give it to wrap(), or take staleTime with the SWRCacheStrategy',
  refreshAllStores: 'there is one store',
  cacheId: 'it is the option namespace',
};

/** @throws CacheError `CONFIG_INVALID` for what would be ignored. */
export function moduleOptionsOf(options: CacheManagerOptions): CacheModuleOptions {
  const { ttl, isGlobal: _g, ...rest } = options;
  for (const [name, instead] of Object.entries(NOT_HERE)) {
    if (!(name in rest)) continue;
    throw new CacheError('CONFIG_INVALID', `CacheModule has no option ${name}: ${instead}.`);
  }
  if (ttl === undefined) return rest;
  if (!(Number.isFinite(ttl) && ttl > 0)) {
    throw new CacheError(
      'CONFIG_INVALID',
      `The default ttl is ${String(ttl)}; accepted: milliseconds above 0.`,
    );
  }
  return { ...rest, defaults: { ...rest.defaults, ttlMs: ttl } };
}
