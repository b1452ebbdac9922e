import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { FoundEntry } from '../repository/found-entry.js';
import type {
  ReadRequest,
  ReadResult,
  RefreshOutcome,
  RefreshRefusal,
  StrategyEngine,
} from '../strategy/read-request.js';

/** The engine for one key that was looked up already: the first look at it has its answer. */
export class FoundBefore implements StrategyEngine {
  readonly #engine: StrategyEngine;
  readonly #key: string;
  #found: FoundEntry | null;
  #isLookedUp = true;

  constructor(engine: StrategyEngine, key: string, found: FoundEntry | null) {
    this.#engine = engine;
    this.#key = key;
    this.#found = found;
  }

  get isAdaptive(): boolean {
    return this.#engine.isAdaptive;
  }

  now(): number {
    return this.#engine.now();
  }

  random(): number {
    return this.#engine.random();
  }

  find(key: string, options: ResolvedCacheOptions): Promise<FoundEntry | null> {
    if (!this.#isLookedUp || key !== this.#key) return this.#engine.find(key, options);
    this.#isLookedUp = false;
    const found = this.#found;
    this.#found = null;
    return Promise.resolve(found);
  }

  answer<T>(found: FoundEntry, outcome: 'hit' | 'stale'): ReadResult<T> {
    return this.#engine.answer(found, outcome);
  }

  load<T>(request: ReadRequest<T>, previous: FoundEntry | null): Promise<ReadResult<T>> {
    return this.#engine.load(request, previous);
  }

  refresh<T>(request: ReadRequest<T>, previous: FoundEntry): Promise<RefreshOutcome> {
    return this.#engine.refresh(request, previous);
  }

  refreshRefusal(key: string): RefreshRefusal | null {
    return this.#engine.refreshRefusal(key);
  }
}
