import { CacheError, type Shard, type StoreTuning } from '@vitalcache/core';

import type { Address, AddressMap } from './address.js';
import type { RedisTarget } from './redis-target.js';
import type { ServerIdentity } from './server-identity.js';

/** What to sign in with. */
export interface Credentials {
  readonly username?: string | undefined;
  readonly password: string;
}

/** How many copies an invalidation of a durable namespace must have reached before it counts as recorded. */
export interface Durability {
  /** Replicas that must have received it (WAIT, or WAITAOF together with `aof`). Default: 0. */
  readonly replicas?: number;
  /** It must be on the disk of the primary (WAITAOF, Redis 7.2 or later with `appendonly yes`). Default: false. */
  readonly aof?: boolean;
}

/** Sentinels, and which primary they watch. */
export interface SentinelOptions {
  readonly nodes: readonly Address[];
  /** What the sentinels call the primary. */
  readonly name: string;
  /** Sign-in at the sentinels themselves, where they want one. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** TLS to the sentinels; absent: as to the servers. */
  readonly tls?: boolean | undefined;
}

/** How to reach the servers, and how to work with them. Everything has a default. */
export interface RedisServiceOptions extends RedisTarget {
  /** `redis://` or `rediss://`. What it says must not be said otherwise by the other options. */
  readonly url?: string | undefined;
  /** PEM file with the certificate authority that signed the servers' certificates. Needs TLS. */
  readonly tlsCaFile?: string | undefined;
  /** Name that the servers' certificates must hold; absent: the host that is connected to. Needs TLS. */
  readonly tlsServerName?: string | undefined;
  /** Asked before each connection is opened, so that secrets can change; instead of `username` and `password`. */
  readonly credentials?: (() => Credentials | Promise<Credentials>) | undefined;
  /** Sentinels that know the primary; instead of `host` and `port`. */
  readonly sentinels?: SentinelOptions | undefined;
  /** Some nodes of a Redis Cluster; instead of `host` and `port`. */
  readonly clusterNodes?: readonly Address[] | undefined;
  /** Independent stores that share the keys; what one lacks comes from these options. */
  readonly shards?: readonly Shard[] | undefined;
  /** Name of the shard that holds the journal; the same in all processes. Default: the first. */
  readonly journal?: string | undefined;
  /** How servers that announce one address (`host:port`) are reached from here. */
  readonly addressMap?: AddressMap | undefined;
  /** Connections for commands to one server; 100 if absent. */
  readonly poolSize?: number | undefined;
  /** Connections to all servers together; 1 000 if absent. */
  readonly maxConnections?: number | undefined;
  /** Connections for commands to open at least, by what the server says of itself; 1 if absent. */
  readonly leastConnections?: ((identity: ServerIdentity) => number) | undefined;
  /** A script names keys of one hash tag only, also where there is no cluster; false if absent. */
  readonly areScriptsOfOneTag?: boolean | undefined;
  readonly tuning?: Partial<StoreTuning> | undefined;
  /** Reads may be answered by replicas, where there are any; true if absent. */
  readonly readsReplicas?: boolean | undefined;
  readonly durability?: Durability | undefined;
  /** Bound on opening a connection, milliseconds; 5 000 if absent. */
  readonly connectTimeoutMs?: number | undefined;
  /** Bound on one command, milliseconds; 3 000 if absent. */
  readonly commandTimeoutMs?: number | undefined;
  /** How often a command that may be sent twice is tried again after a passing failure; 3 if absent. */
  readonly retryAttempts?: number | undefined;
  /** Longest pause between two tries, of commands and of connecting, milliseconds; 1 000 if absent. */
  readonly retryDelayMs?: number | undefined;
  /** What lines about the stores call them; `Redis` if absent. */
  readonly product?: string | undefined;
  /** Receives one line a transition of a store; it holds no secret. */
  readonly onStateChange?: ((line: string) => void) | undefined;
  /** Uniform in [0, 1): jitter of reconnecting, nonces of the journal. `Math.random` if absent. */
  readonly random?: (() => number) | undefined;
}

/** Options that stand for themselves, with their defaults. */
export function withDefaults(options: RedisServiceOptions) {
  const { poolSize = 100, maxConnections = 1_000, readsReplicas = true } = options;
  const { connectTimeoutMs = 5_000, commandTimeoutMs = 3_000 } = options;
  const { retryAttempts = 3, retryDelayMs = 1_000, random = Math.random } = options;
  return {
    poolSize,
    maxConnections,
    readsReplicas,
    connectTimeoutMs,
    commandTimeoutMs,
    retryAttempts,
    retryDelayMs,
    random,
    areScriptsOfOneTag: options.areScriptsOfOneTag ?? false,
    tuning: { isBatching: true, isBalanced: true, isScaling: true, ...options.tuning },
    durability: { replicas: 0, aof: false, ...options.durability },
    addressMap: options.addressMap ?? {},
    product: options.product ?? 'Redis',
    onStateChange: options.onStateChange ?? (() => undefined),
  };
}

/** The error for options that can't be used. */
export function invalid(message: string): CacheError {
  return new CacheError('CONFIG_INVALID', message);
}
