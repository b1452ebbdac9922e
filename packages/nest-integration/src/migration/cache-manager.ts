export {
  CACHE_MANAGER,
  CacheManager as Cache,
  CacheManager,
  type CacheManagerItem,
  type RawValue,
  type WrapOptions,
} from './cache-manager.facade.js';
export { CacheManagerModule as CacheModule } from './cache-manager.module.js';
export type {
  CacheManagerAsyncOptions as CacheModuleAsyncOptions,
  CacheManagerOptions as CacheModuleOptions,
  CacheOptionsFactory,
} from './cache-manager.options.js';
export {
  CACHE_KEY_METADATA,
  CACHE_TTL_METADATA,
  CacheKey,
  CacheSharing,
  CacheTTL,
  type CacheKeyOfContext as CacheKeyFactory,
  type CacheSharingOptions,
  type CacheTTLFactory,
} from './cache-entry.decorators.js';
export { CacheInterceptor } from './cache.interceptor.js';
