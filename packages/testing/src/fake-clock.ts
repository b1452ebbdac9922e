interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is told to move. */
export class FakeClock {
  #now: number;
  #sleepers: Sleeper[] = [];

  /** @param startMs milliseconds since 1970; absent: some moment in 2026 */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
  }

  /** Milliseconds since 1970. Bound, so that it can be handed on as a function. */
  readonly now = (): number => this.#now;

  /** Resolves when the clock has been moved by `ms`, or at once when `signal` fires. */
  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { wakesAt: this.#now + ms, wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });

  /**
   * Moves time on by `ms` and wakes, in order, those whose time has come. Whoever goes to sleep again because of it is
   * woken by a later call. Negative: the clock is set back.
   */
  advance(ms: number): void {
    this.#now += ms;
    const due = this.#sleepers.filter(({ wakesAt }) => wakesAt <= this.#now);
    this.#sleepers = this.#sleepers.filter((sleeper) => !due.includes(sleeper));
    due.sort((a, b) => a.wakesAt - b.wakesAt).forEach(({ wake }) => wake());
  }
}
