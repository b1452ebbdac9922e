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
export { until } from './contract/until.js';
export { FakeClock } from './fake-clock.js';
export { describeWithRedis, type DescribeWithRedisOptions } from './stores/describe-with-redis.js';
export { NO_REDIS, redisSources, startRedis } from './stores/start-redis.js';
export type { StoreAbility, StoreKind, StoreSource, TestStore } from './stores/test-store.js';
export { describeCacheStrategy } from './strategy/cache-strategy.contract.js';
export type { MakeStrategy, StrategyContractOptions } from './strategy/strategy-harness.js';
