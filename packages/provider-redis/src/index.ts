export type { Address, AddressMap } from './connection/address.js';
export type {
  Credentials,
  Durability,
  RedisServiceOptions,
  SentinelOptions,
} from './connection/redis-options.js';
export type { RedisTarget } from './connection/redis-target.js';
export type { ServerIdentity } from './connection/server-identity.js';
export { journalKey, RedisJournalLog } from './journal/redis-journal.log.js';
export { DANGEROUS_COMMANDS, type StoreExposure } from './probe/store-exposure.js';
export type { StoreFindings } from './probe/store-findings.js';
export { RedisCacheProvider } from './redis-cache.provider.js';
export { optionsFrom, providerPackage } from './redis-provider.package.js';
export { RedisService } from './redis.service.js';
