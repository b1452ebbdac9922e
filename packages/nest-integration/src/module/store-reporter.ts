import type { CacheLogger } from '@vitalcache/core';

/** Passes on what a store says of its connection, one line a transition; at start there is one line in all. */
export class StoreReporter {
  readonly #logger: CacheLogger;
  #isStarted = false;
  #last = '';

  constructor(logger: CacheLogger) {
    this.#logger = logger;
  }

  /** Takes a line from the provider. */
  readonly take = (line: string): void => {
    this.#last = line;
    if (this.#isStarted) this.#logger.warn(line);
  };

  /** What the store said last, in brackets; empty if it said nothing. */
  get detail(): string {
    return this.#last === '' ? '' : ` (${this.#last})`;
  }

  /** Ends the start. @param isReachable whether the store answered. */
  started(isReachable: boolean): void {
    this.#isStarted = true;
    if (isReachable) return;
    this.#logger.warn(
      `store unreachable${this.detail}: reads go to their source until it answers, invalidations wait`,
    );
  }
}
