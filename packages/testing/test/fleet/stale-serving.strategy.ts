import {
  BaseCacheStrategy,
  isProtected,
  type FoundEntry,
  type ReadRequest,
  type ReadResult,
  type ResolvedCacheOptions,
  type StrategyEngine,
} from '@vitalcache/core';

/** Serves what is stale and refreshes it: as little as that takes, for `@vitalcache/swr` is tested with this package. */
export class StaleServingStrategy extends BaseCacheStrategy {
  readonly name = 'swr'; // the name that makes half of the ttl a stale window
  readonly #running = new Set<Promise<unknown>>();

  when(options: ResolvedCacheOptions): boolean {
    return options.ttlMs > 0 && !isProtected(options);
  }

  async close(): Promise<void> {
    await Promise.all(this.#running);
  }

  protected serve<T>(
    found: FoundEntry,
    request: ReadRequest<T>,
    engine: StrategyEngine,
  ): ReadResult<T> | null {
    const { expiresAt, staleAt, isSoftened } = found.entry;
    if (expiresAt <= engine.now()) return null;
    if (staleAt > engine.now() && !isSoftened) return engine.answer<T>(found, 'hit');
    if (engine.refreshRefusal(request.key) === null) {
      const refresh = engine
        .refresh(request, found)
        .catch(() => undefined)
        .finally(() => this.#running.delete(refresh));
      this.#running.add(refresh);
    }
    return engine.answer<T>(found, 'stale');
  }
}
