import { LatencyHistogram } from './latency.histogram.js';
import type { MeasuredKind } from './measured-operation.js';

/** Upper bounds of what exporters count apart, in seconds: from a fresh hit to a loader that takes its time. */
export const BUCKETS_S = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** What durations are told apart by. */
export interface LatencyLabels {
  readonly operation: MeasuredKind;
  readonly strategy: string;
  readonly tier: string;
}

/** How long operations that were alike in these labels took, since start or reset. */
export interface LatencySummary extends LatencyLabels {
  readonly count: number;
  readonly totalMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Durations of operations that were alike in their labels. */
export class LatencySeries implements LatencyLabels {
  readonly histogram = new LatencyHistogram(2);
  /** How many ended within each of {@link BUCKETS_S}, and, last, how many did not; only grows. */
  readonly buckets = new Float64Array(BUCKETS_S.length + 1);
  totalMs = 0;
  /** Hits that took no time worth measuring: in none of the others until somebody asks. */
  instant = 0;
  readonly #before = { count: 0, totalMs: 0 };

  constructor(
    readonly operation: MeasuredKind,
    readonly strategy: string,
    readonly tier: string,
  ) {}

  get count(): number {
    return this.buckets.reduce((sum, count) => sum + count, 0);
  }

  record(ms: number): void {
    const at = BUCKETS_S.findIndex((bound) => ms <= bound * 1_000);
    const bucket = at < 0 ? BUCKETS_S.length : at;
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1;
    this.totalMs += ms;
    this.histogram.record(ms);
  }

  /** Puts in its place what was only counted. */
  settle(): this {
    if (this.instant === 0) return this;
    this.buckets[0] = (this.buckets[0] ?? 0) + this.instant;
    this.histogram.record(0, this.instant);
    this.instant = 0;
    return this;
  }

  summary(): LatencySummary {
    const { operation, strategy, tier, histogram } = this.settle();
    return {
      operation,
      strategy,
      tier,
      count: this.count - this.#before.count,
      totalMs: this.totalMs - this.#before.totalMs,
      p50Ms: histogram.percentileMs(50),
      p95Ms: histogram.percentileMs(95),
      p99Ms: histogram.percentileMs(99),
    };
  }

  reset(): void {
    this.#before.count = this.settle().count;
    this.#before.totalMs = this.totalMs;
    this.histogram.reset();
  }
}

/** Durations by operation, strategy and tier, and of all together. */
export class LatencyBoard {
  readonly #series = new Map<string, LatencySeries>();

  /** Made when it is first asked for; about 45 KB each. */
  series(operation: MeasuredKind, strategy: string, tier: string): LatencySeries {
    const id = `${operation}\n${strategy}\n${tier}`;
    let series = this.#series.get(id);
    if (!series) {
      series = new LatencySeries(operation, strategy, tier);
      this.#series.set(id, series);
    }
    return series;
  }

  /** Since start, for exporters. */
  all(): readonly LatencySeries[] {
    return [...this.#series.values()].map((series) => series.settle());
  }

  summaries(): readonly LatencySummary[] {
    return [...this.#series.values()]
      .map((series) => series.summary())
      .filter(({ count }) => count > 0);
  }

  /** Of all operations together, since reset. */
  overall(): Omit<LatencySummary, keyof LatencyLabels> {
    const all = new LatencyHistogram(2);
    let count = 0;
    let totalMs = 0;
    for (const series of this.#series.values()) {
      const summary = series.summary();
      count += summary.count;
      totalMs += summary.totalMs;
      all.add(series.histogram);
    }
    const [p50Ms = 0, p95Ms = 0, p99Ms = 0] = [50, 95, 99].map((percent) =>
      all.percentileMs(percent),
    );
    return { count, totalMs, p50Ms, p95Ms, p99Ms };
  }

  reset(): void {
    for (const series of this.#series.values()) series.reset();
  }
}
