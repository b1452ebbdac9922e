export {
  assertFresh,
  assertNotCached,
  assertStale,
  type ExplainingCache,
} from './application/entry-assertions.js';
export {
  OperationRecorder,
  type InvalidationTarget,
  type RecordedOperation,
} from './application/operation.recorder.js';
export {
  createTestCache,
  testCacheParts,
  type TestCache,
  type TestCacheOptions,
  type TestCacheParts,
} from './application/test-cache.js';
export { CANARY_MARKS, CANARY_PATIENT } from './canary/canary-marks.js';
export {
  contentPlace,
  filePlace,
  spanPlace,
  UnreadablePlace,
  urlPlace,
  valuePlace,
  type CanaryPlace,
} from './canary/canary-place.js';
export { CanarySweep, type CanaryFinding, type CanaryReport } from './canary/canary.sweep.js';
export { recordLogger, type RecordingLogger } from './canary/logger.recorder.js';
export type { MarkEncoding } from './canary/mark-encodings.js';
export type { CanaryContent, Sighting } from './canary/mark.searcher.js';
export { recordOutput, recordStream, type OutputRecording } from './canary/output.recorder.js';
export { watchRedis, type RedisWatch } from './canary/redis-watch.js';
export type { SpanLike } from './canary/value-pieces.js';
export {
  storeError,
  type ChaosFault,
  type ChaosOperation,
  type ChaosTarget,
  type Spoil,
  type StoreReply,
} from './chaos/chaos.fault.js';
export type { ChaosSnapshot } from './chaos/chaos.history.js';
export { ChaosProvider, type ChaosProviderOptions } from './chaos/chaos.provider.js';
export { CHROMIUM_COMMAND, chromiumFlags, findChromium } from './chromium.js';
export { describeCacheProvider } from './contract/cache-provider.contract.js';
export type {
  JournalAbility,
  JournalContractOptions,
  JournalHarness,
} from './contract/journal-harness.js';
export {
  describeInvalidationRace,
  INVALIDATIONS,
  RACE_KEY,
  type InvalidationRaceHarness,
} from './contract/invalidation-race.contract.js';
export { describeJournalLog } from './contract/journal-log.contract.js';
export type {
  ProviderCapability,
  ProviderContractOptions,
  ProviderHarness,
} from './contract/provider-harness.js';
export {
  describeProviderSuites,
  type OpenedProvider,
  type ProviderSuitesOptions,
} from './contract/provider-suites.js';
export { until } from './contract/until.js';
export { FakeClock } from './fake-clock.js';
export type {
  EmptyReadEvent,
  HistoryEvent,
  InvalidationEvent,
  MonotonicNs,
  ObservedCoverage,
  ObservedValue,
  ReadEvent,
  TroubleEvent,
} from './history/history-event.js';
export {
  checkHistory,
  type HistoryFindings,
  type HistoryRule,
  type HistoryViolation,
  type IgnoranceWindows,
} from './history/history.checker.js';
export {
  describeViolation,
  spreadOf,
  summarize,
  type HistorySummary,
  type Spread,
} from './history/history.summary.js';
export {
  startProxy,
  type FaultProxy,
  type ProxyCounts,
  type StallOptions,
} from './proxy/fault.proxy.js';
export type { GarbleOptions } from './proxy/garble.js';
export type { ProxyTarget } from './proxy/proxy-link.js';
export {
  describeWithCluster,
  startCluster,
  type ClusterOptions,
  type TestCluster,
} from './stores/cluster.js';
export {
  describeWithRedis,
  describeWithStore,
  type DescribeWithRedisOptions,
  type DescribeWithStoreOptions,
  type StoreNeeds,
  type StoreTests,
} from './stores/describe-with-store.js';
export {
  describeWithReplicaPair,
  startReplicaPair,
  type ReplicaPair,
  type ReplicaPairOptions,
} from './stores/replica-pair.js';
export {
  describeWithSentinels,
  startSentinels,
  type SentinelOptions,
  type Sentinels,
} from './stores/sentinels.js';
export type { MigrationOptions } from './stores/slot-migration.js';
export {
  NO_REDIS,
  redisSources,
  startRedis,
  startStore,
  storeSources,
  type DragonflyOptions,
  type StoreOptions,
  type StoreOptionsOf,
} from './stores/start-store.js';
export type {
  OwnedServer,
  OwnedStore,
  RestartOptions,
  StartAgainOptions,
  StoreAbility,
  StoreKind,
  StoreProduct,
  StoreSnapshot,
  StoreSource,
  TestStore,
} from './stores/test-store.js';
export type { Topology, TopologyOptions } from './stores/topology.js';
export { describeCacheStrategy } from './strategy/cache-strategy.contract.js';
export type { MakeStrategy, StrategyContractOptions } from './strategy/strategy-harness.js';
