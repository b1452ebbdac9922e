import type { MetricsClock } from '../src/metrics-clock.js';

/** Stands still until told to move. The wall clock begins on 1 January 2026, the monotonic one at `startMs`. */
export class ManualMetricsClock implements MetricsClock {
  #elapsedMs = 0;

  constructor(private readonly startMs = 5_000) {}

  now(): number {
    return Date.UTC(2026, 0, 1) + this.#elapsedMs;
  }

  monotonic(): number {
    return this.startMs + this.#elapsedMs;
  }

  advance(ms: number): void {
    this.#elapsedMs += ms;
  }
}
