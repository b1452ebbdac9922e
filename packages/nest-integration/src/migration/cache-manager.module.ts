import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CacheError, CacheService } from '@vitalcache/core';

import { CacheModule } from '../module/cache.module.js';
import { CACHE_MANAGER, CacheManager } from './cache-manager.facade.js';
import {
  moduleOptionsOf,
  type CacheManagerAsyncOptions,
  type CacheManagerOptions,
  type CacheOptionsFactory,
} from './cache-manager.options.js';

type OptionsFunction = (
  ...injected: unknown[]
) => CacheManagerOptions | Promise<CacheManagerOptions>;

const PROVIDERS: Provider[] = [
  {
    provide: CACHE_MANAGER,
    useFactory: (cache: CacheService) => new CacheManager(cache),
    inject: [CacheService],
  },
  { provide: CacheManager, useExisting: CACHE_MANAGER },
];

/** Provides the class that `useClass` names where the options are made. */
@Module({})
class CacheOptionsModule {}

/**
 * `CacheModule` as `@nestjs/cache-manager` has it, over ours: `register()` and `registerAsync()`, the token
 * `CACHE_MANAGER`. Import it once; it is global, and brings all that `CacheModule.forRoot()` does.
 */
@Module({ providers: PROVIDERS, exports: [CACHE_MANAGER, CacheManager] })
export class CacheManagerModule {
  /** @throws CacheError `CONFIG_INVALID` for options of `@nestjs/cache-manager` that would be ignored here */
  static register(options: CacheManagerOptions = {}): DynamicModule {
    return over(CacheModule.forRoot(moduleOptionsOf(options)));
  }

  /** As {@link register}, with options that other providers make. */
  static registerAsync(options: CacheManagerAsyncOptions): DynamicModule {
    const { imports = [], useClass, useExisting, useFactory, inject = [] } = options;
    if (useFactory) {
      const make = useFactory as OptionsFunction;
      const mapped = async (...injected: unknown[]) => moduleOptionsOf(await make(...injected));
      return over(
        CacheModule.forRootAsync({ imports, inject: inject as never[], useFactory: mapped }),
      );
    }
    const token = useClass ?? useExisting;
    if (!token) {
      throw new CacheError(
        'CONFIG_INVALID',
        'CacheModule.registerAsync takes useFactory, useClass or useExisting.',
      );
    }
    const holder: DynamicModule[] = useClass
      ? [{ module: CacheOptionsModule, imports, providers: [useClass], exports: [useClass] }]
      : [];
    return over(
      CacheModule.forRootAsync({
        imports: [...imports, ...holder],
        inject: [token],
        useFactory: async (factory: CacheOptionsFactory) =>
          moduleOptionsOf(await factory.createCacheOptions()),
      }),
    );
  }
}

function over(cacheModule: DynamicModule): DynamicModule {
  return { module: CacheManagerModule, global: true, imports: [cacheModule] };
}
