import type { CacheOperation, Tier } from '@vitalcache/core';

import { LatencyHistogram } from './latency.histogram.js';
import type { MetricsClock } from './metrics-clock.js';
import { OperationCounts, type MeasuredOutcome, type OperationCount } from './operation-counts.js';
import { OperationRate } from './operation-rate.js';

/** Everything that was recorded since start, added up. */
export interface OperationTotals {
  readonly requests: number;
  /** Requests that the cache failed: `failed` and `queued`. */
  readonly failed: number;
  /** Reads answered from the cache: `hit` and `stale`. */
  readonly hits: number;
  /** Reads that it could not answer: `miss`, `joined` and `rejected`. A `bypass` is neither. */
  readonly misses: number;
  readonly totalMs: number;
}

const HITS: ReadonlySet<MeasuredOutcome> = new Set(['hit', 'stale']);
const MISSES: ReadonlySet<MeasuredOutcome> = new Set(['miss', 'joined', 'rejected']);
const FAILURES: ReadonlySet<MeasuredOutcome> = new Set(['failed', 'queued']);

/** Takes the time of operations and counts them. It is told neither keys nor tags. */
export class OperationRecorder {
  readonly latency = new LatencyHistogram();
  readonly rate: OperationRate;
  readonly #counts = new OperationCounts();
  readonly #clock: MetricsClock;

  constructor(clock: MetricsClock) {
    this.#clock = clock;
    this.rate = new OperationRate(clock.monotonic());
  }

  /** When an operation that starts now did so; handed to {@link end}. */
  start(): number {
    return this.#clock.monotonic();
  }

  /** Counts an operation that ends now. Any number may be under way at the same time. */
  end(
    startedAt: number,
    { kind, strategy }: Pick<CacheOperation, 'kind' | 'strategy'>,
    outcome: MeasuredOutcome,
    tier: Tier | null,
  ): void {
    const endedAt = this.#clock.monotonic();
    const durationMs = Math.max(0, endedAt - startedAt);
    this.#counts.add(kind, strategy, outcome, tier, durationMs);
    this.latency.record(durationMs);
    this.rate.record(FAILURES.has(outcome), endedAt);
  }

  /** Counts a read that was answered so fast that taking its time would take longer: it counts as 0 ms. */
  freshHit(strategy: string): void {
    this.#counts.add('read', strategy, 'hit', 'l1', 0);
    this.latency.record(0);
    this.rate.record(false, this.#clock.monotonic());
  }

  list(): readonly OperationCount[] {
    return this.#counts.list();
  }

  totals(): OperationTotals {
    const rows = this.list();
    const count = (outcomes?: ReadonlySet<MeasuredOutcome>): number =>
      rows.reduce(
        (sum, row) => (!outcomes || outcomes.has(row.outcome) ? sum + row.count : sum),
        0,
      );
    return {
      requests: count(),
      failed: count(FAILURES),
      hits: count(HITS),
      misses: count(MISSES),
      totalMs: rows.reduce((sum, row) => sum + row.totalMs, 0),
    };
  }

  /** Begins anew. Operations under way are counted when they end. */
  reset(): void {
    this.#counts.reset();
    this.latency.reset();
    this.rate.reset(this.#clock.monotonic());
  }
}
