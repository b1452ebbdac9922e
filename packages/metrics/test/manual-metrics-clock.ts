import type { MetricsClock } from '../src/metrics-clock.js';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Stands still until told to move. The wall clock begins on 1 January 2026, the monotonic one at `startMs`. */
export class ManualMetricsClock implements MetricsClock {
  #elapsedMs = 0;
  readonly #sleepers = new Set<Sleeper>();

  constructor(private readonly startMs = 5_000) {}

  /** How many wait for time to pass. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  readonly now = (): number => Date.UTC(2026, 0, 1) + this.#elapsedMs;

  readonly monotonic = (): number => this.startMs + this.#elapsedMs;

  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { at: this.#elapsedMs + ms, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });

  advance(ms: number): void {
    this.#elapsedMs += ms;
    for (const { at, wake } of [...this.#sleepers]) if (at <= this.#elapsedMs) wake();
  }
}
