import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { FoundEntry } from '../repository/found-entry.js';
import type { ICacheStrategy } from './cache-strategy.js';
import type { ReadRequest, ReadResult, StrategyEngine } from './read-request.js';

/** The order that every reading strategy shares; a strategy only says what it serves of what was found. */
export abstract class BaseCacheStrategy implements ICacheStrategy {
  abstract readonly name: string;

  abstract when(options: ResolvedCacheOptions): boolean;

  /** By hand instead of `async`, which takes a promise more for each hit. */
  read<T>(request: ReadRequest<T>, engine: StrategyEngine): Promise<ReadResult<T>> {
    const { key, options } = request;
    if (options.forceRefresh) return engine.load(request, null);
    return engine
      .find(key, options)
      .then(
        (found) => (found && this.serve(found, request, engine)) ?? engine.load(request, found),
      );
  }

  /** The answer that a valid entry gives, or `null` to load. */
  protected abstract serve<T>(
    found: FoundEntry,
    request: ReadRequest<T>,
    engine: StrategyEngine,
  ): ReadResult<T> | null;
}
