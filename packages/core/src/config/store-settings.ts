import type { ProviderContext } from '../provider/provider-package.js';
import type { EnvironmentReader } from './environment.reader.js';
import { readShards } from './shards.js';

const MAX_WAIT_MS = 600_000;
const DEFAULT_POOL = 100;
const DEFAULT_CONNECTIONS = 1_000;
/** For commands, and for the journal. */
const CONNECTIONS_PER_STORE = 2;

/** How providers reach their stores. */
export type StoreSettings = Omit<ProviderContext, 'onStateChange' | 'maxBytes'>;

/** Reads what is said of connections, of retries and of the stores that share the keys. */
export function readStoreSettings(reader: EnvironmentReader): {
  readonly store: StoreSettings;
  readonly warnings: readonly string[];
} {
  const { shards, warnings } = readSharding(reader);
  const isOn = (name: string): boolean => reader.boolean(name) ?? true;
  const store = {
    connectTimeoutMs: reader.integer('CACHE_CONNECTION_TIMEOUT', 1, MAX_WAIT_MS) ?? 5_000,
    commandTimeoutMs: reader.integer('CACHE_COMMAND_TIMEOUT', 1, MAX_WAIT_MS) ?? 3_000,
    ...readConnections(reader, shards?.length ?? 1),
    retryAttempts: reader.integer('CACHE_RETRY_ATTEMPTS', 0, 100) ?? 3,
    retryDelayMs: reader.integer('CACHE_RETRY_DELAY', 0, 60_000) ?? 1_000,
    tuning: {
      isBatching: isOn('CACHE_ENABLE_BATCH'),
      isBalanced: isOn('CACHE_LOAD_BALANCING_ENABLED'),
      isScaling: isOn('CACHE_AUTO_SCALING_ENABLED'),
    },
    isReplicated: isOn('CACHE_REPLICATION_ENABLED'),
    shards,
  };
  return { store, warnings };
}

function readSharding(reader: EnvironmentReader) {
  const isSharding = reader.boolean('CACHE_SHARDING_ENABLED') ?? true;
  const shards = readShards(reader, 'CACHE_SHARDS');
  if (isSharding || !shards) return { shards, warnings: [] };
  const warning = 'CACHE_SHARDS is set but without effect: CACHE_SHARDING_ENABLED is false';
  return { shards: undefined, warnings: [warning] };
}

/** Of two bounds the one that is only a default gives way. */
function readConnections(reader: EnvironmentReader, stores: number) {
  const pool = reader.integer('CACHE_CONNECTION_POOL_SIZE', 1, 10_000);
  const connections = reader.integer('CACHE_MAX_CONNECTIONS', CONNECTIONS_PER_STORE, 100_000);
  const maxConnections = connections ?? Math.max(DEFAULT_CONNECTIONS, pool ?? 0);
  if (pool !== undefined && pool > maxConnections) {
    const accepted = `at most CACHE_MAX_CONNECTIONS, which is ${maxConnections}`;
    reader.reject('CACHE_CONNECTION_POOL_SIZE', accepted, String(pool));
  }
  const needed = stores * CONNECTIONS_PER_STORE;
  if (needed > maxConnections) {
    const accepted = `at least ${needed}, ${CONNECTIONS_PER_STORE} for each of the stores in CACHE_SHARDS`;
    reader.reject('CACHE_MAX_CONNECTIONS', accepted, connections?.toString());
  }
  return { poolSize: pool ?? Math.min(DEFAULT_POOL, maxConnections), maxConnections };
}
