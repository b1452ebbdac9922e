import type { EnvironmentReader } from '../config/environment.reader.js';
import type { ICacheProvider } from './cache-provider.js';

/** What a provider is told besides its own variables. */
export interface ProviderContext {
  /** Bytes that an embedded store may hold. */
  readonly maxBytes: number;
  /** Milliseconds for opening a connection (CACHE_CONNECTION_TIMEOUT). */
  readonly connectTimeoutMs: number;
  /** Milliseconds for one command (CACHE_COMMAND_TIMEOUT). */
  readonly commandTimeoutMs: number;
  /** One line a transition of the connection's state; holds no secret. */
  readonly onStateChange: (line: string) => void;
}

/**
 * What a package `@vitalcache/provider-<name>` exports as `providerPackage`, so that `CACHE_PROVIDER=<name>` is enough
 * to use it.
 */
export interface ProviderPackage {
  readonly name: string;
  /**
   * Builds the provider from the variables that it reads through `reader`, without connecting. Problems are noted in
   * the reader; the result is then not used.
   */
  fromEnvironment(reader: EnvironmentReader, context: ProviderContext): ICacheProvider;
}
