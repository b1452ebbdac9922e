import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { FoundEntry } from '../repository/found-entry.js';
import { BaseCacheStrategy } from './base-cache.strategy.js';
import { STRATEGY_PRECEDENCE } from './cache-strategy.js';
import { isProtected } from './protected-data.js';
import type { ReadRequest, ReadResult, StrategyEngine } from './read-request.js';

/** Serves until the time to live is over, then loads. */
export class StandardCacheStrategy extends BaseCacheStrategy {
  readonly name: string = 'standard';
  readonly precedence: number = STRATEGY_PRECEDENCE.standard;
  readonly isPlainOnFresh = true;

  when(options: ResolvedCacheOptions): boolean {
    return !isProtected(options);
  }

  protected serve<T>(
    found: FoundEntry,
    _request: ReadRequest<T>,
    engine: StrategyEngine,
  ): ReadResult<T> | null {
    const { isSoftened, expiresAt } = found.entry;
    return !isSoftened && expiresAt > engine.now() ? engine.answer<T>(found, 'hit') : null;
  }
}
