import {
  BaseCacheStrategy,
  CacheError,
  type CachePriority,
  isProtected,
  type FoundEntry,
  type ReadRequest,
  type ReadResult,
  type ResolvedCacheOptions,
  type StrategyEngine,
} from '@vitalcache/core';

/** How much of the concurrency a priority may fill: under pressure low gives way first, critical last. */
const SHARE: Readonly<Record<CachePriority, number>> = {
  low: 0.5,
  normal: 0.75,
  high: 0.9,
  critical: 1,
};

/** How {@link SWRCacheStrategy} refreshes. */
export interface SWRCacheStrategyOptions {
  /** Background refreshes that may run at once; beyond it stale entries wait for a later read. Default: 32. */
  readonly maxConcurrentRefreshes?: number;
  /** A background refresh failed; the stale value was served. No key is given: it may name a person. */
  readonly onRefreshFailed?: (template: string, error: unknown) => void;
}

/** What the background work of a {@link SWRCacheStrategy} has come to. */
export interface RefreshCounts {
  readonly running: number;
  readonly done: number;
  readonly failed: number;
  /** Stale reads that started no refresh because too many were running. */
  readonly shed: number;
}

/**
 * Stale-while-revalidate (the idea of RFC 5861): fresh entries are served; between `staleTime` and `ttl` the entry is
 * served at once while one background load renews it; after `ttl` the caller waits for the loader. What an
 * invalidation covers is never stale but gone.
 */
export class SWRCacheStrategy extends BaseCacheStrategy {
  readonly name = 'swr';
  readonly #maxConcurrent: number;
  readonly #onFailed: (template: string, error: unknown) => void;
  readonly #running = new Set<Promise<void>>();
  readonly #counts = { done: 0, failed: 0, shed: 0 };
  #isClosed = false;

  /** @throws CacheError `CONFIG_INVALID` */
  constructor({ maxConcurrentRefreshes = 32, onRefreshFailed }: SWRCacheStrategyOptions = {}) {
    super();
    if (!(Number.isInteger(maxConcurrentRefreshes) && maxConcurrentRefreshes >= 0)) {
      throw new CacheError(
        'CONFIG_INVALID',
        `maxConcurrentRefreshes is ${String(maxConcurrentRefreshes)}; accepted: a whole number from 0.`,
      );
    }
    this.#maxConcurrent = maxConcurrentRefreshes;
    this.#onFailed = onRefreshFailed ?? (() => undefined);
  }

  get refreshes(): RefreshCounts {
    return { running: this.#running.size, ...this.#counts };
  }

  when(options: ResolvedCacheOptions): boolean {
    return options.enableSwr && !isProtected(options);
  }

  /** Starts no more refreshes and resolves when those that run have ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#running);
  }

  protected serve<T>(
    found: FoundEntry,
    request: ReadRequest<T>,
    engine: StrategyEngine,
  ): ReadResult<T> | null {
    const now = engine.now();
    if (found.entry.expiresAt <= now) return null;
    if (found.entry.staleAt > now) return engine.answer<T>(found, 'hit');
    this.#refresh(request, engine);
    return engine.answer<T>(found, 'stale');
  }

  #refresh<T>(request: ReadRequest<T>, engine: StrategyEngine): void {
    const { key, options } = request;
    if (this.#isClosed || engine.isLoading(key)) return;
    if (this.#running.size >= Math.ceil(this.#maxConcurrent * SHARE[options.priority])) {
      this.#counts.shed++;
      return;
    }
    const refresh = engine
      .load(request)
      .then(
        () => void this.#counts.done++,
        (error: unknown) => {
          this.#counts.failed++;
          this.#onFailed(options.template, error);
        },
      )
      .catch(() => undefined) // onRefreshFailed threw: it was told, and there is nobody else to tell
      .finally(() => this.#running.delete(refresh));
    this.#running.add(refresh);
  }
}
