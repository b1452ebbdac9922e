import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { FoundEntry } from '../repository/found-entry.js';
import { ForwardingEngine } from '../strategy/forwarding-engine.js';
import type { StrategyEngine } from '../strategy/read-request.js';

/** The engine for one key that was looked up already: the first look at it has its answer. */
export class FoundBefore extends ForwardingEngine {
  readonly #key: string;
  #found: FoundEntry | null;
  #isLookedUp = true;

  constructor(engine: StrategyEngine, key: string, found: FoundEntry | null) {
    super(engine);
    this.#key = key;
    this.#found = found;
  }

  override find(key: string, options: ResolvedCacheOptions): Promise<FoundEntry | null> {
    if (!this.#isLookedUp || key !== this.#key) return super.find(key, options);
    this.#isLookedUp = false;
    const found = this.#found;
    this.#found = null;
    return Promise.resolve(found);
  }
}
