import { within, type Clock } from '../clock/clock.js';
import { CacheError } from '../errors/cache.error.js';
import type { CacheErrorHandler } from './cache-error.handler.js';
import { BreakerOpenError, type CircuitBreakerService } from './circuit-breaker.service.js';

export interface StoreGuardOptions {
  readonly breaker: CircuitBreakerService;
  readonly errors: CacheErrorHandler;
  readonly clock: Clock;
  /** How long a caller waits for one answer of the store. */
  readonly budgetMs: number;
}

/**
 * Every question to the store passes here (the journal's own excepted, which must get through): within a budget, not
 * at all while the breaker is open, and counted when it fails.
 */
export class StoreGuard {
  readonly #options: StoreGuardOptions;

  #lateAt = -Infinity;

  constructor(options: StoreGuardOptions) {
    this.#options = options;
  }

  /** The guard of the store that holds `key`, a store key. */
  of(_key: string): StoreGuard {
    return this;
  }

  /** Store keys by the guard of the store that holds them. */
  groups(keys: readonly string[]): ReadonlyMap<StoreGuard, readonly string[]> {
    return new Map([[this, keys]]);
  }

  /** The guard of what is asked of the journal on behalf of a read. */
  get journal(): StoreGuard {
    return this;
  }

  /** False while the breaker keeps everyone away. */
  get isUsable(): boolean {
    return !this.#options.breaker.isOpen;
  }

  /** False also for a moment after an answer that was too late: what is a help only is not asked for then. */
  get isAnswering(): boolean {
    const { clock, budgetMs } = this.#options;
    return this.isUsable && clock.now() - this.#lateAt >= budgetMs;
  }

  /**
   * @param budgetMs of this question, if it may take longer than a read
   * @throws CacheError `STORE_TIMEOUT`, `STORE_UNAVAILABLE`, and what the provider rejects with
   */
  run<T>(work: () => Promise<T>, budgetMs = this.#options.budgetMs): Promise<T> {
    return this.#options.breaker.run(() => this.#inTime(work, budgetMs));
  }

  /**
   * As {@link run}, for what is one question in parts: each has an outcome of its own, but they count as one, which failed
   * if all of them did, and a breaker that lets one call through lets all of them.
   * @param budgetMs of each part, if it may take longer than a read
   */
  runParts<T>(
    parts: readonly (() => Promise<T>)[],
    budgetMs = this.#options.budgetMs,
  ): readonly Promise<T>[] {
    const [only] = parts;
    if (only && parts.length === 1) return [this.run(only, budgetMs)];
    const { breaker } = this.#options;
    let answers: readonly Promise<T>[] | undefined;
    const whole = breaker.run(() => {
      answers = parts.map((part) => this.#inTime(part, budgetMs));
      return firstOf(answers);
    });
    whole.catch(() => undefined); // each part says what became of it
    if (answers) return answers;
    // A breaker calls at once what it lets through. What it gave later would be the first part's, and no other's.
    const refused = whole.then<T>(() => Promise.reject(new BreakerOpenError()));
    return parts.map(() => refused);
  }

  /** As {@link run}, for work whose failure changes nothing but a count. */
  attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    return this.#options.errors.guard(
      'store-failed',
      () => this.run(work),
      () => undefined,
    );
  }

  async #inTime<T>(work: () => Promise<T>, budgetMs: number): Promise<T> {
    const answer = work();
    answer.catch(() => undefined); // late failures are of no concern
    return within(this.#options.clock, budgetMs, answer, () => {
      this.#lateAt = this.#options.clock.now();
      throw new CacheError('STORE_TIMEOUT', `The store did not answer within ${budgetMs} ms.`);
    });
  }
}

/** The first answer; where there is none, why the first part has none. */
function firstOf<T>(answers: readonly Promise<T>[]): Promise<T> {
  return Promise.any(answers).catch(() => answers[0] as Promise<T>);
}
