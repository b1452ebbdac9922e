export { systemClock, within, type Clock } from './clock/clock.js';
export {
  CommitScope,
  type CommitOutcome,
  type CommitScopeOptions,
  type CommitWork,
} from './commit/commit-scope.js';
export {
  readCacheSettings,
  type CacheLogLevel,
  type CacheSettings,
  type CacheSettingsDefaults,
} from './config/cache-settings.js';
export { nearestPackageName } from './config/package-name.js';
export { EnvironmentReader, type Environment } from './config/environment.reader.js';
export type { FeatureSettings } from './config/feature-settings.js';
export { shardName, type Shard } from './config/shards.js';
export { findUnknownVariables } from './config/unknown-variables.js';
export type { EntryMeta, HitTimes } from './entry/entry.js';
export type { HeldEntry } from './entry/held-entry.js';
export type { CompressionPolicy } from './entry/value.codec.js';
export {
  CacheError,
  CacheLoadTimeoutError,
  isCacheError,
  type CacheErrorCode,
} from './errors/cache.error.js';
export {
  FeatureFlagsService,
  type FeatureFlagsOptions,
  type SettingsResult,
} from './flags/feature-flags.service.js';
export {
  RUNTIME_DEFAULTS,
  RUNTIME_SETTINGS,
  type RuntimeSettings,
  type SettingName,
} from './flags/runtime-settings.js';
export type { SettingChanged, SettingsChange } from './flags/settings-change.js';
export { compareEpochs, isSameEpoch, type Epoch, type Fence } from './journal/fence.js';
export type { CacheHealth, CacheHealthReport } from './health/cache-health.js';
export type { HealthLimits } from './health/health-limits.js';
export { memoryOf, type StoreMemory } from './health/store-memory.js';
export { EntryInspector, type EntryInspectorOptions } from './inspection/entry.inspector.js';
export type {
  InspectedEntry,
  InspectedHeader,
  InspectedValidity,
} from './inspection/inspected-entry.js';
export type { HoldOffSnapshot } from './journal/hold-offs.js';
export {
  InProcessJournalLog,
  type InProcessJournalOptions,
} from './journal/in-process-journal.log.js';
export type { IJournalLog, JournalHead, JournalSlice } from './journal/journal-log.js';
export {
  MAX_RECORD_HASHES,
  type Coverage,
  type CoverageTerms,
  type Genesis,
  type JournalRecord,
  type RecordRef,
} from './journal/journal-record.js';
export type { JournalStatus, Recorded } from './journal/journal.js';
export { assertToken } from './journal/read-token.js';
export { CacheKeyFactory, type ICacheKeyFactory } from './key/cache-key.factory.js';
export { nearestName } from './config/nearest-name.js';
export { assertOptionNames, type OptionNames } from './options/assert-option-names.js';
export { KeyPattern } from './key/key-pattern.js';
export { assertKey, assertPattern, assertTags } from './key/key-rules.js';
export { KeyTemplate, escapeKeyValue, type KeyValue } from './key/key-template.js';
export { nextStaleMs } from './loading/adaptive-freshness.js';
export {
  AuditCacheMiddleware,
  type AuditCacheMiddlewareOptions,
  type AuditContext,
} from './middleware/audit-cache.middleware.js';
export type { AuditRecord, IAuditSink } from './middleware/audit-record.js';
export { BaseCacheMiddleware } from './middleware/base-cache.middleware.js';
export { CacheMiddlewareChain } from './middleware/cache-middleware.chain.js';
export type {
  CacheOperation,
  ICacheMiddleware,
  LoadStep,
  LoadStepInfo,
  OperationKind,
  OperationOutcome,
  OperationResult,
} from './middleware/cache-middleware.js';
export { ValidationCacheMiddleware } from './middleware/validation-cache.middleware.js';
export type { CacheCounts } from './observation/cache-counters.js';
export type { CacheChannel, CacheEvent, CacheEventName } from './observation/cache-event.js';
export type {
  CacheStats,
  HealthcareCacheMetrics,
  ICacheMetrics,
  OperationLatency,
  PerformanceMetrics,
} from './observation/cache-metrics.js';
export { CACHE_CHANNELS, tellAlert } from './observation/event-channels.js';
export { onCacheEvent, type CacheEventListener } from './observation/on-cache-event.js';
export { CacheOptionsBuilder } from './options/cache-options.builder.js';
export {
  CACHE_DEFAULTS,
  type CacheDefaults,
  type CacheOptions,
  type CachePriority,
  type AdaptiveStaleTime,
  type Isolation,
  type ValueSerializer,
  type Consistency,
  type DataSubject,
  type Duration,
  type ResolvedCacheOptions,
} from './options/cache-options.js';
export { DATA_KIND_OPTIONS, type DataKind } from './options/data-kinds.js';
export { OptionsResolver, type OptionRule } from './options/options.resolver.js';
export { projecting } from './options/projection.js';
export { resolveOptions } from './options/resolve-options.js';
export type {
  AdminAction,
  AdminCall,
  CacheClass,
  CachePlugin,
  PluginHealth,
  PluginRequest,
  PluginService,
} from './plugin/cache-plugin.js';
export { mergePlugins, type MergedPlugins } from './plugin/merge-plugins.js';
export { loadPeer } from './plugin/optional-peer.js';
export type { Admission } from './protection/admission.js';
export type { ComplianceLevel } from './protection/compliance-level.js';
export type { DataProtection } from './protection/data-protection.js';
export type { HashHalves, NameProtection, StoreName } from './protection/name-protection.js';
export type { PayloadSeal, SealKey, SealTerms } from './protection/payload-seal.js';
export type {
  BatchStore,
  ComparingStore,
  FencedBatchStore,
  FencedStore,
  FencedWrite,
  ICacheProvider,
  IndexStore,
  InspectingStore,
  JournalStore,
  LeaseStore,
  ManagedStore,
  ObservableStore,
  PartitionedStore,
  ReadOptions,
  Removal,
  StoredItem,
  StoreStatus,
  StoreTuning,
  SweepingStore,
  TagIndexedStore,
  TunableStore,
} from './provider/cache-provider.js';
export { capabilitiesOf, type ProviderCapabilities } from './provider/provider-capabilities.js';
export type {
  ProviderConnections,
  ProviderContext,
  ProviderPackage,
} from './provider/provider-package.js';
export { CacheRepository, type CacheRepositoryOptions } from './repository/cache.repository.js';
export type {
  EntryView,
  FoundEntry,
  ICacheRepository,
  PreparedEntry,
  Tier,
} from './repository/found-entry.js';
export {
  CacheErrorHandler,
  type CacheFault,
  type CacheTrouble,
  type FaultCounts,
  type FaultListener,
} from './resilience/cache-error.handler.js';
export {
  CircuitBreakerService,
  type BreakerState,
  type CircuitBreakerOptions,
} from './resilience/circuit-breaker.service.js';
export { StoreGuard } from './resilience/store-guard.js';
export type { BatchLoader, BatchValues } from './service/batch-load.js';
export type { CacheConfig, CacheLogger } from './service/cache-config.js';
export type {
  BatchSetItem,
  BatchSetResult,
  CacheStatus,
  Explanation,
  InvalidationOptions,
  InvalidationResult,
  PartNumbers,
  SetResult,
  UpdateResult,
} from './service/cache-results.js';
export { CacheService } from './service/cache.service.js';
export type { Probe } from './service/entry.probe.js';
export type { EntryCensus, StoreKeeper } from './service/store-keeper.js';
export { BaseCacheStrategy } from './strategy/base-cache.strategy.js';
export { STRATEGY_PRECEDENCE, type ICacheStrategy } from './strategy/cache-strategy.js';
export { ForwardingEngine } from './strategy/forwarding-engine.js';
export { CacheStrategyManager } from './strategy/cache-strategy.manager.js';
export { isHealthInformation, isProtected } from './strategy/protected-data.js';
export type {
  LoadContext,
  Loader,
  ReadOutcome,
  ReadRequest,
  PrefetchResult,
  ReadResult,
  RefreshOutcome,
  RefreshRefusal,
  StrategyEngine,
} from './strategy/read-request.js';
export { StandardCacheStrategy } from './strategy/standard-cache.strategy.js';
export { VARIANT_SEPARATOR } from './validity/cover-hash.js';
export { compileGlob, escapeGlob } from './validity/glob.js';
export type { NeedlessMisses } from './validity/validity.js';
export type { Verdict } from './validity/verdict.js';
export { CacheVersioningService } from './versioning/cache-versioning.service.js';
export type {
  CacheWarmer,
  WarmContext,
  WarmItem,
  WarmLimits,
  WarmResult,
  WarmSelection,
} from './warming/cache-warmer.js';
export { WarmerRegistry } from './warming/warmer-registry.js';
export type { CoverKind } from './validity/cover-hash.js';
