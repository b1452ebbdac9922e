/**
 * Something that happened in a cache, as told to subscribers: words of the code, names from the configuration and
 * numbers. Never a key, tag, tenant, pattern, value or message.
 */
export interface CacheEvent {
  /** Namespace of the cache. */
  readonly cache: string;
  /**
   * What it was about: the kind of operation (`read`, `get`, …), the step of a load (`lease`, `load`, `write`,
   * `refresh`), the fault, the store of a breaker, or the alert.
   */
  readonly kind: string;
  /** As in the operation; `unnamed` where there is none. */
  readonly template: string;
  /** The tier that answered a read; `null` otherwise. */
  readonly tier: 'l1' | 'l2' | null;
  /** How it ended, or the state that began. */
  readonly outcome: string;
  /** Milliseconds that it took; 0 for a fresh hit of the process's own tier, `null` for what takes no time. */
  readonly ms: number | null;
  /** Code of an error, `warming` for reads that nobody waits for, or why an alert changed; `null` if nothing is to say. */
  readonly reason: string | null;
}

/**
 * Channels of `node:diagnostics_channel`, each with the prefix `vitalcache:`.
 * - `read`: reads and gets; `write`: sets and updates; `invalidate`: also deletions and clears; `admin`: changes of the
 *   configuration and calls of operators
 * - `load`: the steps of a load
 * - `error`: faults that no caller is told of; `breaker`: its transitions; `alert`: of what watches the cache
 */
export type CacheChannel =
  'read' | 'write' | 'invalidate' | 'admin' | 'load' | 'error' | 'breaker' | 'alert';

/** What applications are told, by names of their own; see `onCacheEvent`. */
export type CacheEventName =
  | 'cache.hit'
  | 'cache.miss'
  | 'cache.stale'
  | 'cache.set'
  | 'cache.invalidated'
  | 'cache.error'
  | 'cache.breaker'
  | 'cache.alert';
