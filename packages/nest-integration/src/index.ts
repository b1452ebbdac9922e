export { adminAuditContext } from './admin/admin-call.js';
export { adminScopeOf, type AdminScope } from './admin/admin-scope.js';
export type { CacheAdminOptions, CacheAdminPlace } from './admin/cache-admin.options.js';
export { openApiOf, type OpenApiDocument } from './admin/open-api.js';
export { Cache } from './decorator/cache.decorator.js';
export type {
  CacheDecoratorOptions,
  CacheRequest,
  VaryBy,
} from './decorator/cache-decorator.options.js';
export type { CacheEventPayload } from './events/cache-event.payload.js';
export { InjectCache } from './decorator/cache-injection.js';
export { CacheInvalidate } from './decorator/cache-invalidate.decorator.js';
export type { CacheInvalidateOptions } from './decorator/cache-invalidate.options.js';
export { CachePut } from './decorator/cache-put.decorator.js';
export type { CachePutOptions } from './decorator/cache-put.options.js';
export { CacheWarmer } from './decorator/cache-warmer.decorator.js';
export type { CacheWarmerOptions } from './decorator/cache-warmer.options.js';
export {
  CacheHealthIndicator,
  type CacheIndicatorResult,
} from './health/cache-health.indicator.js';
export { CacheHealthService, type ServiceState } from './health/cache-health.service.js';
export type { CacheModuleOptions } from './module/cache-module.options.js';
export { CacheModule, type CacheModuleAsyncOptions } from './module/cache.module.js';
export { CACHE_CONFIG_TOKEN, CACHE_PROVIDER_TOKEN } from './module/cache.module-definition.js';
export { CacheProviderFactory, type ProviderRequest } from './module/cache-provider.factory.js';
export { DragonflyModule } from './module/dragonfly.module.js';
export { RedisModule } from './module/redis.module.js';
export { explainStartupError } from './module/startup-error.js';

export {
  CacheError,
  CacheKeyFactory,
  CacheOptionsBuilder,
  CacheService,
  isCacheError,
  type CacheConfig,
  type CacheErrorCode,
  type CacheLogger,
  type CacheOptions,
  type CachePriority,
  type ComplianceLevel,
  type ICacheKeyFactory,
  type ICacheProvider,
  type InvalidationResult,
  type ProviderPackage,
} from '@vitalcache/core';
