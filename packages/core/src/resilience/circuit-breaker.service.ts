import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
  type IBackoff,
  type IBreaker,
} from 'cockatiel';

import { systemClock, within, type Clock } from '../clock/clock.js';
import { CacheError, isCacheError } from '../errors/cache.error.js';
import { assertOptionNames, type OptionNames } from '../options/assert-option-names.js';

/** `open`: nobody is let through until the timeout is over. `half-open`: one call is, to find out. */
export type BreakerState = 'closed' | 'open' | 'half-open';

export interface CircuitBreakerOptions {
  /** Failures in a row that open it. Default: 10. */
  readonly threshold?: number;
  /** Milliseconds that it stays open before one call is let through. Default: 30 000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  /** Whether an error says that the store is in trouble. Default: {@link isOutage}. */
  readonly isFailure?: (error: unknown) => boolean;
  /** Told once per transition, with the last failure, if there was one; what it throws goes no further. */
  readonly onStateChange?: (state: BreakerState, error: unknown) => void;
}

/** What can be changed while it counts. */
export type BreakerSettings = Required<Pick<CircuitBreakerOptions, 'threshold' | 'timeoutMs'>>;

const NAMES: OptionNames<CircuitBreakerOptions> = {
  threshold: true,
  timeoutMs: true,
  clock: true,
  isFailure: true,
  onStateChange: true,
};
const BOUNDS = { threshold: [1, 100_000], timeoutMs: [1, 3_600_000] } as const;
const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
};

/** The store was not asked at all: the breaker is open. */
export class BreakerOpenError extends CacheError {
  override readonly name: string = 'BreakerOpenError';

  constructor() {
    super(
      'STORE_UNAVAILABLE',
      'The store is not asked now: it failed too often in a row, and is tried again after CACHE_CIRCUIT_BREAKER_TIMEOUT.',
    );
  }
}

/**
 * Whether an error means that the store can't be worked with. Its own refusals (`STORE_REFUSED`: a bad argument, no
 * memory) are answers, and so is everything else that the cache names; what is no error of the cache's is an outage.
 */
function isOutage(error: unknown): boolean {
  if (!isCacheError(error)) return true;
  return error.code === 'STORE_UNAVAILABLE' || error.code === 'STORE_TIMEOUT';
}

/**
 * Keeps callers from waiting for a store that is down: opens after failures in a row, lets one call through after a
 * while, closes when that one is answered. The counting is cockatiel's. Reads, or writes, of one turn of the event loop
 * that are one question to their store count as one.
 *
 * A call that gave up on its budget must reject (`STORE_TIMEOUT`): it is a failure then, and its late answer is neither
 * seen nor counted as a success.
 */
export class CircuitBreakerService {
  readonly #policy: CircuitBreakerPolicy;
  readonly #clock: Clock;
  readonly #onStateChange: (state: BreakerState, error: unknown) => void;
  #counter: ConsecutiveBreaker;
  #timeoutMs: number;
  #state: BreakerState = 'closed';
  #openedAt = 0;
  #lastFailure: unknown = undefined;

  /** @throws CacheError `OPTION_INVALID`, `CONFIG_INVALID` for what there is no option of */
  constructor(options: CircuitBreakerOptions = {}) {
    assertOptionNames('CircuitBreakerService', options, NAMES);
    const { threshold = 10, timeoutMs = 30_000, isFailure = isOutage } = options;
    assertBreakerSettings({ threshold, timeoutMs });
    this.#clock = options.clock ?? systemClock;
    this.#onStateChange = options.onStateChange ?? (() => undefined);
    this.#counter = new ConsecutiveBreaker(threshold);
    this.#timeoutMs = timeoutMs;
    const isCounted = (error: Error): boolean => {
      const isOne = isFailure(error);
      if (isOne) this.#lastFailure = error;
      return isOne;
    };
    this.#policy = circuitBreaker(handleWhen(isCounted), {
      breaker: this.#adjustableCounter(),
      halfOpenAfter: this.#injectedTime(),
    });
    this.#policy.onStateChange((state) => this.#changed(STATES[state]));
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** When it last opened, milliseconds by its clock; 0 if it never did. */
  get openedAt(): number {
    return this.#openedAt;
  }

  /** Whether a call would be refused now: open, or another call is finding out. Costs a comparison while closed. */
  get isOpen(): boolean {
    if (this.#state === 'closed') return false;
    return this.#state === 'half-open' || !this.#isOver();
  }

  /**
   * Calls `work`, or refuses to. The one call of a half-open breaker is over after `timeoutMs` at the latest, so that a
   * store which never answers can't keep everybody waiting for that answer.
   * @throws BreakerOpenError (`STORE_UNAVAILABLE`) without calling `work`; otherwise rejects with what it rejects with.
   */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#state === 'closed') return this.#policy.execute(work);
    if (this.isOpen) return Promise.reject(new BreakerOpenError());
    this.#state = 'half-open'; // before cockatiel says so: `work` may come back here synchronously
    return this.#policy.execute(() => this.#bounded(work));
  }

  /**
   * Changes what was given; failures counted so far and an opening under way keep counting.
   * @throws CacheError `OPTION_INVALID`; nothing is changed then
   */
  configure(change: Partial<BreakerSettings>): void {
    assertBreakerSettings(change);
    const { threshold, timeoutMs } = change;
    if (threshold !== undefined) {
      const counted = this.#counter.state;
      this.#counter = new ConsecutiveBreaker(threshold);
      this.#counter.state = counted;
    }
    this.#timeoutMs = timeoutMs ?? this.#timeoutMs;
  }

  /** What calls of an earlier state still say is no news: a late failure must not reopen what a probe has closed. */
  #adjustableCounter(): IBreaker {
    return {
      state: null,
      success: () => this.#counter.success(),
      failure: (begunIn) => begunIn === this.#policy.state && this.#counter.failure(),
    };
  }

  /** cockatiel compares durations with the machine's clock; this one is over when the injected clock says so. */
  #injectedTime(): IBackoff<unknown> {
    const isOver = (): boolean => this.#isOver();
    const backoff: IBackoff<unknown> = {
      get duration() {
        return isOver() ? -Infinity : Infinity;
      },
      next: () => backoff,
    };
    return backoff;
  }

  /** A wall clock that was set back is over as well: nobody waits for it to catch up. */
  #isOver(): boolean {
    const elapsedMs = this.#clock.now() - this.#openedAt;
    return elapsedMs >= this.#timeoutMs || elapsedMs < 0;
  }

  async #bounded<T>(work: () => Promise<T>): Promise<T> {
    const answer = work();
    return within(this.#clock, this.#timeoutMs, answer, () => {
      throw new CacheError('STORE_TIMEOUT', 'The store did not answer the call that was to tell.');
    });
  }

  #changed(state: BreakerState): void {
    this.#state = state;
    if (state === 'open') this.#openedAt = this.#clock.now();
    try {
      this.#onStateChange(state, this.#lastFailure);
    } catch {
      return; // who looks on must not break the call that it looked at
    }
  }
}

/** @throws CacheError `OPTION_INVALID` naming what is out of its bounds */
export function assertBreakerSettings({ threshold, timeoutMs }: Partial<BreakerSettings>): void {
  if (threshold !== undefined) assertBounds('threshold', threshold);
  if (timeoutMs !== undefined) assertBounds('timeoutMs', timeoutMs);
}

function assertBounds(name: keyof typeof BOUNDS, value: number): void {
  const [min, max] = BOUNDS[name];
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new CacheError(
    'OPTION_INVALID',
    `The circuit breaker's ${name} is ${String(value)}; accepted: a whole number from ${min} to ${max}.`,
  );
}
