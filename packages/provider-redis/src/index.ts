export type { RedisConnection } from './connection/redis-connection.js';
export type { RedisServiceOptions } from './connection/redis-options.js';
export { RedisService } from './connection/redis.service.js';
export type { RedisTarget } from './connection/redis-target.js';
export { journalKey, RedisJournalLog } from './journal/redis-journal.log.js';
export { RedisCacheProvider } from './redis-cache.provider.js';
export { providerPackage } from './redis-provider.package.js';
