export { systemClock, type Clock } from './clock/clock.js';
export {
  readCacheSettings,
  type CacheLogLevel,
  type CacheSettings,
  type CacheSettingsDefaults,
} from './config/cache-settings.js';
export { EnvironmentReader, type Environment } from './config/environment.reader.js';
export { findUnknownVariables } from './config/unknown-variables.js';
export { CacheError, isCacheError, type CacheErrorCode } from './errors/cache.error.js';
export type { CompressionPolicy } from './entry/value.codec.js';
export { compareEpochs, isSameEpoch, type Epoch, type Fence } from './journal/fence.js';
export {
  InProcessJournalLog,
  type InProcessJournalOptions,
} from './journal/in-process-journal.log.js';
export type { JournalStatus, Recorded } from './journal/journal.js';
export type { IJournalLog, JournalHead, JournalSlice } from './journal/journal-log.js';
export {
  MAX_RECORD_HASHES,
  type Coverage,
  type Genesis,
  type JournalRecord,
  type RecordRef,
} from './journal/journal-record.js';
export { CacheKeyFactory, type ICacheKeyFactory } from './key/cache-key.factory.js';
export { assertKey, assertPattern, assertTags } from './key/key-rules.js';
export { KeyTemplate, escapeKeyValue, type KeyValue } from './key/key-template.js';
export { BaseCacheMiddleware } from './middleware/base-cache.middleware.js';
export type {
  CacheOperation,
  ICacheMiddleware,
  OperationKind,
  OperationOutcome,
  OperationResult,
} from './middleware/cache-middleware.js';
export { CacheMiddlewareChain } from './middleware/cache-middleware.chain.js';
export { ValidationCacheMiddleware } from './middleware/validation-cache.middleware.js';
export { CacheOptionsBuilder } from './options/cache-options.builder.js';
export {
  CACHE_DEFAULTS,
  type CacheDefaults,
  type CacheOptions,
  type CachePriority,
  type ComplianceLevel,
  type Consistency,
  type Duration,
  type ResolvedCacheOptions,
} from './options/cache-options.js';
export { resolveOptions } from './options/resolve-options.js';
export type {
  BatchStore,
  FencedStore,
  ICacheProvider,
  JournalStore,
  LeaseStore,
  ManagedStore,
  ObservableStore,
  Removal,
  StoredItem,
  StoreStatus,
  SweepingStore,
  TagIndexedStore,
} from './provider/cache-provider.js';
export { capabilitiesOf, type ProviderCapabilities } from './provider/provider-capabilities.js';
export type { ProviderContext, ProviderPackage } from './provider/provider-package.js';
export {
  CacheRepository,
  type CacheRepositoryOptions,
  type FoundEntry,
  type ICacheRepository,
  type PreparedEntry,
  type RepositoryFault,
  type Tier,
} from './repository/cache.repository.js';
export type { CacheConfig, CacheLogger } from './service/cache-config.js';
export { CacheService } from './service/cache.service.js';
export type { CacheStatus, InvalidationResult, SetResult } from './service/cache-results.js';
export type { FaultCounts } from './service/cache.runtime.js';
export { BaseCacheStrategy } from './strategy/base-cache.strategy.js';
export type { ICacheStrategy } from './strategy/cache-strategy.js';
export { CacheStrategyManager } from './strategy/cache-strategy.manager.js';
export { isProtected } from './strategy/protected-data.js';
export type {
  Loader,
  ReadOutcome,
  ReadRequest,
  ReadResult,
  StrategyEngine,
} from './strategy/read-request.js';
export { StandardCacheStrategy } from './strategy/standard-cache.strategy.js';
export { VARIANT_SEPARATOR } from './validity/cover-hash.js';
export { compileGlob, escapeGlob } from './validity/glob.js';
