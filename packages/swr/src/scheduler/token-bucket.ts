/** A bound on how often something begins: `perSecond` on average, and as many at once after a pause. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;

  /** @param perSecond 0: no bound; may be a fraction, such as 0.2 for one in five seconds */
  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#burst = Math.max(1, perSecond);
    this.#now = now;
    this.#tokens = this.#burst;
    this.#filledAt = now();
  }

  /** Milliseconds until there is a token; 0 when there is one. */
  waitMs(): number {
    if (this.#perSecond === 0) return 0;
    this.#fill();
    return this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) / this.#perSecond) * 1_000);
  }

  /** Uses a token up; only after {@link waitMs} said 0. */
  take(): void {
    if (this.#perSecond > 0) this.#tokens--;
  }

  #fill(): void {
    const now = this.#now();
    const passedMs = Math.max(0, now - this.#filledAt); // a clock that was set back gives nothing
    this.#tokens = Math.min(this.#burst, this.#tokens + (passedMs / 1_000) * this.#perSecond);
    this.#filledAt = now;
  }
}
