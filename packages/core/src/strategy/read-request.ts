import type { Fence } from '../journal/fence.js';
import type { Duration, ResolvedCacheOptions } from '../options/cache-options.js';
import type { FoundEntry, Tier } from '../repository/found-entry.js';

/** What a loader is told, and what it may say about the value that it returns. */
export interface LoadContext {
  /** Fires when the load has run into `hardTimeoutMs` or the cache closes; hand it to `fetch` or a query. */
  readonly signal: AbortSignal;
  /** What this process had seen of the journal when the load began; `null` when nothing may be stored. */
  readonly fence: Fence | null;
  /** The value that is being replaced, stale or expired but never invalidated; `undefined` if there is none. */
  readonly previous: unknown;
  /** Overrides `ttl`, and `staleTime` with it: it keeps its share of the `ttl` if it is not given. */
  setTtl(ttl: Duration, staleTime?: Duration): void;
  /** Overrides `tags`. */
  setTags(tags: readonly string[]): void;
  /** The value is returned, but not stored. */
  skip(): void;
  /**
   * To be returned: `previous` holds, for a new time to live.
   * @throws CacheError `OPTION_INVALID` without a `previous`
   */
  notModified(): never;
}

/** Gets the value from its source. What it rejects with, callers get as the same object. */
export type Loader<T> = (context: LoadContext) => T | PromiseLike<T>;

/** One read through the cache. */
export interface ReadRequest<T> {
  readonly key: string;
  readonly load: Loader<T>;
  readonly options: ResolvedCacheOptions;
  /** True for a load that joins and is joined in this process only, without the fleet's lease. */
  readonly isAlone?: boolean;
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

/** What became of a read that was made for nobody. */
export type PrefetchResult = Omit<ReadResult<unknown>, 'value'>;

/** How a refresh in the background ended. */
export type RefreshOutcome = 'changed' | 'unchanged' | 'elsewhere';

/**
 * Why a refresh should not start now: it runs already, its loader failed lately, the store is down, the cache ends or is
 * switched off.
 */
export type RefreshRefusal = 'loading' | 'backing-off' | 'breaker-open' | 'closed' | 'disabled';

/** What a strategy can do; all of it keeps the validity rule. */
export interface StrategyEngine {
  /** Wall clock in milliseconds. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** Whether work may be shed, and fresh times moved, by what is measured; may change while the cache runs. */
  readonly isAdaptive: boolean;
  /** The valid entry, fresh, stale or expired but kept; never rejects. */
  find(key: string, options: ResolvedCacheOptions): Promise<FoundEntry | null>;
  /** Answers with an entry that was found. */
  answer<T>(found: FoundEntry, outcome: 'hit' | 'stale'): ReadResult<T>;
  /**
   * Loads, once in the whole fleet for all who ask at the same time, and stores. `previous` is what was found, to be
   * served instead where options allow it and nothing covers it. Rejects with what the loader rejected with.
   */
  load<T>(request: ReadRequest<T>, previous: FoundEntry | null): Promise<ReadResult<T>>;
  /**
   * Loads and stores for later readers, if no other process is at it (`elsewhere`). Rejects with what the loader
   * rejected with. Whoever calls it owns the promise.
   */
  refresh<T>(request: ReadRequest<T>, previous: FoundEntry): Promise<RefreshOutcome>;
  /** Why {@link refresh} should not be called now; `null` if nothing speaks against it. */
  refreshRefusal(key: string): RefreshRefusal | null;
}
