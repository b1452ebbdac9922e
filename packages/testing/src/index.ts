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
