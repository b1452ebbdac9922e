import type { EnvironmentReader } from '../config/environment.reader.js';
import type { Shard } from '../config/shards.js';
import type { ICacheProvider, StoreTuning } from './cache-provider.js';

/** What a provider is told besides its own variables. */
export interface ProviderContext {
  /** Bytes that an embedded store may hold. */
  readonly maxBytes: number;
  /** Milliseconds for opening a connection (CACHE_CONNECTION_TIMEOUT). */
  readonly connectTimeoutMs: number;
  /** Milliseconds for one command (CACHE_COMMAND_TIMEOUT). */
  readonly commandTimeoutMs: number;
  /** Connections for commands that one store may have (CACHE_CONNECTION_POOL_SIZE). */
  readonly poolSize: number;
  /** Connections that this process may have to all stores together (CACHE_MAX_CONNECTIONS). */
  readonly maxConnections: number;
  /** How often a command that may be sent twice is tried again after a passing failure (CACHE_RETRY_ATTEMPTS). */
  readonly retryAttempts: number;
  /** Longest pause between two tries, of commands and of connecting, milliseconds (CACHE_RETRY_DELAY). */
  readonly retryDelayMs: number;
  /** Where CACHE_ENABLE_BATCH, CACHE_LOAD_BALANCING_ENABLED and CACHE_AUTO_SCALING_ENABLED begin. */
  readonly tuning: StoreTuning;
  /** Reads may be answered by replicas, where there are any (CACHE_REPLICATION_ENABLED). */
  readonly isReplicated: boolean;
  /** The stores that share the keys (CACHE_SHARDS); `undefined`: one store, from the provider's own variables. */
  readonly shards: readonly Shard[] | undefined;
  /** One line a transition of the connection's state; holds no secret. */
  readonly onStateChange: (line: string) => void;
}

/** What owns the connections of a store, for applications that send commands of their own. */
export interface ProviderConnections {
  /** Its class, to be injected by. */
  readonly token: abstract new (...args: never[]) => object;
  /** That of a provider; `null` for one that the package did not build. */
  of(provider: ICacheProvider): object | null;
}

/**
 * What a package `@vitalcache/provider-<name>` exports as `providerPackage`, so that `CACHE_PROVIDER=<name>` is enough
 * to use it.
 */
export interface ProviderPackage {
  readonly name: string;
  /** Absent: there are none. */
  readonly connections?: ProviderConnections;
  /**
   * Builds the provider from the variables that it reads through `reader`, without connecting. Problems are noted in
   * the reader; the result is then not used.
   */
  fromEnvironment(reader: EnvironmentReader, context: ProviderContext): ICacheProvider;
}
