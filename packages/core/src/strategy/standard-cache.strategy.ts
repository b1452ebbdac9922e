import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { FoundEntry } from '../repository/cache.repository.js';
import { BaseCacheStrategy } from './base-cache.strategy.js';
import { isProtected } from './protected-data.js';
import type { ReadRequest, ReadResult, StrategyEngine } from './read-request.js';

/** Serves until the time to live is over, then loads. */
export class StandardCacheStrategy extends BaseCacheStrategy {
  readonly name = 'standard';

  when(options: ResolvedCacheOptions): boolean {
    return !isProtected(options);
  }

  protected serve<T>(
    found: FoundEntry,
    _request: ReadRequest<T>,
    engine: StrategyEngine,
  ): ReadResult<T> | null {
    return found.entry.expiresAt > engine.now() ? engine.answer<T>(found, 'hit') : null;
  }
}
