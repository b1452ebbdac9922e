import {
  assertOptionNames,
  type OptionNames,
  type Shard,
  type StoreTuning,
} from '@vitalcache/core';

import type { Durability, RedisServiceOptions, SentinelOptions } from './redis-options.js';

const NAMES: OptionNames<RedisServiceOptions> = {
  host: true,
  port: true,
  username: true,
  password: true,
  db: true,
  tls: true,
  url: true,
  tlsCaFile: true,
  tlsServerName: true,
  credentials: true,
  sentinels: true,
  clusterNodes: true,
  shards: true,
  journal: true,
  addressMap: true,
  poolSize: true,
  maxConnections: true,
  leastConnections: true,
  areScriptsOfOneTag: true,
  tuning: true,
  readsReplicas: true,
  durability: true,
  connectTimeoutMs: true,
  commandTimeoutMs: true,
  retryAttempts: true,
  retryDelayMs: true,
  product: true,
  onStateChange: true,
  random: true,
};
const SENTINELS: OptionNames<SentinelOptions> = {
  nodes: true,
  name: true,
  username: true,
  password: true,
  tls: true,
};
const SHARD: OptionNames<Shard> = {
  host: true,
  port: true,
  weight: true,
  name: true,
  username: true,
  password: true,
  db: true,
  tls: true,
};
const DURABILITY: OptionNames<Durability> = { replicas: true, aof: true };
const TUNING: OptionNames<StoreTuning> = { isBatching: true, isBalanced: true, isScaling: true };

/**
 * Refuses what would be passed over in silence, at whatever depth: a slip in `tls` sends everything in clear.
 * @throws CacheError `CONFIG_INVALID` naming it
 */
export function assertServiceOptions(options: RedisServiceOptions): void {
  assertOptionNames('The service', options, NAMES);
  const { sentinels, shards, durability, tuning } = options;
  if (sentinels) assertOptionNames('sentinels', sentinels, SENTINELS);
  shards?.forEach((shard, place) => assertOptionNames(`shards[${place}]`, shard, SHARD));
  if (durability) assertOptionNames('durability', durability, DURABILITY);
  if (tuning) assertOptionNames('tuning', tuning as StoreTuning, TUNING);
}
