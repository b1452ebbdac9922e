import type { FoundEntry, Tier } from '../repository/cache.repository.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';

/** Gets the value from its source. What it rejects with, callers get as the same object. */
export type Loader<T> = () => T | PromiseLike<T>;

/** One read through the cache. */
export interface ReadRequest<T> {
  readonly key: string;
  readonly load: Loader<T>;
  readonly options: ResolvedCacheOptions;
}

/**
 * How a read was answered.
 * - `hit`: by a fresh entry; `stale`: by one past its stale time
 * - `miss`: by the loader; `joined`: by a load that another caller had begun
 * - `bypass`: by the loader, with the cache left out on purpose
 */
export type ReadOutcome = 'hit' | 'stale' | 'miss' | 'joined' | 'bypass';

/** A value, and where it came from. */
export interface ReadResult<T> {
  readonly value: T;
  readonly outcome: ReadOutcome;
  /** `null` when no tier held it. */
  readonly tier: Tier | null;
  /** Milliseconds since its load began. */
  readonly ageMs: number;
  /** Milliseconds until it becomes stale; negative when it is; `null` when it is not cached. */
  readonly freshForMs: number | null;
  /** Milliseconds until it expires; `null` when it is not cached. */
  readonly expiresInMs: number | null;
}

/** What a strategy can do; all of it keeps the validity rule. */
export interface StrategyEngine {
  /** Wall clock in milliseconds. */
  now(): number;
  /** The valid entry, fresh, stale or kept; never rejects. */
  find(key: string): Promise<FoundEntry | null>;
  /** Answers with an entry that was found. */
  answer<T>(found: FoundEntry, outcome: 'hit' | 'stale'): ReadResult<T>;
  /** Loads, once for all who ask at the same time, and stores. Rejects with what the loader rejected with. */
  load<T>(request: ReadRequest<T>): Promise<ReadResult<T>>;
  /** Whether a load of the key is under way in this process. */
  isLoading(key: string): boolean;
}
