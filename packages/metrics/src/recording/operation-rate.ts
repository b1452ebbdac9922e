const SECONDS = 60;

/**
 * Operations of the last minute in a ring of seconds, the current one included. Times are milliseconds of the wall clock,
 * which hits know without asking; after it was set back or forward, the ring is right again within a minute.
 */
export class OperationRate {
  readonly #seconds = new Float64Array(SECONDS);
  readonly #counts = new Float64Array(SECONDS);
  readonly #failures = new Float64Array(SECONDS);
  #startedAt = 0;
  /** The second that is being counted in, and where. */
  #second = -1;
  #slot = 0;

  constructor(now: number) {
    this.reset(now);
  }

  record(isFailed: boolean, now: number): void {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) this.#turnTo(second);
    const slot = this.#slot;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
    if (isFailed) this.#failures[slot] = (this.#failures[slot] ?? 0) + 1;
  }

  /** Operations per second over the last minute, or since start if that is less, but at least over one second. */
  perSecond(now: number): number {
    const windowMs = Math.min(now - firstSecond(now) * 1_000, now - this.#startedAt);
    return this.#sum(this.#counts, now) / Math.max(1, windowMs / 1_000);
  }

  /** Share of the last minute's operations that failed; 0 when there were none. */
  errorRate(now: number): number {
    const count = this.#sum(this.#counts, now);
    return count === 0 ? 0 : this.#sum(this.#failures, now) / count;
  }

  reset(now: number): void {
    this.#seconds.fill(-Infinity);
    this.#second = -1;
    this.#startedAt = now;
  }

  #turnTo(second: number): void {
    const slot = second % SECONDS;
    this.#second = second;
    this.#slot = slot;
    if (this.#seconds[slot] === second) return;
    this.#seconds[slot] = second;
    this.#counts[slot] = 0;
    this.#failures[slot] = 0;
  }

  #sum(values: Float64Array, now: number): number {
    const first = firstSecond(now);
    return values.reduce(
      (total, value, slot) => ((this.#seconds[slot] ?? 0) >= first ? total + value : total),
      0,
    );
  }
}

function firstSecond(now: number): number {
  return Math.floor(now / 1_000) - SECONDS + 1;
}
