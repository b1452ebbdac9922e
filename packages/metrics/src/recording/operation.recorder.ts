import type { CacheOperation, OperationResult, Tier } from '@vitalcache/core';

import type { MetricsClock } from '../metrics-clock.js';
import { dataOf, dataOfText, type MeasuredData } from './data-kind.js';
import { DataReads } from './data-reads.js';
import { LatencyBoard, type LatencySeries } from './latency-board.js';
import {
  cellOf,
  isFailure,
  isHit,
  isMiss,
  isRead,
  kindOf,
  NONE,
  type MeasuredKind,
  type MeasuredOutcome,
} from './measured-operation.js';
import { hitsAndMisses, OperationCounts } from './operation-counts.js';
import { OperationRate } from './operation-rate.js';
import { OTHER, TemplateNames } from './template-names.js';

/** Told of every duration that was measured. */
export type DurationListener = (
  operation: MeasuredKind,
  strategy: string,
  tier: string,
  ms: number,
) => void;

/** Everything that was recorded since start or reset, added up. */
export interface OperationTotals {
  /** Calls; a batch is one. Warming is not among them. */
  readonly requests: number;
  /** Requests that the cache failed: `failed` and `queued`. */
  readonly failed: number;
  /** Keys that reads found in the cache: `hit` and `stale`. */
  readonly hits: number;
  /** Keys that it did not have: `miss`, `joined` and `rejected`. A `bypass` is neither. */
  readonly misses: number;
}

/** What a hit that took the shortest way counts in: looked up once for each template. */
interface KnownHits {
  readonly cells: Float64Array;
  readonly series: LatencySeries;
  readonly data: MeasuredData | null;
  /** Whether only the key can tell the kind of data. */
  readonly isByKey: boolean;
}

const FRESH = cellOf('hit', 'l1');
const SHARED = cellOf('hit', 'l2');

/** Counts operations and takes their time. Of a key it looks at the first segment, for the kind of data, and keeps nothing. */
export class OperationRecorder {
  readonly latency = new LatencyBoard();
  readonly counts = new OperationCounts();
  readonly data = new DataReads();
  readonly rate: OperationRate;
  /** False: nothing is recorded. */
  isCounting = true;
  /** False: no time is taken. */
  isTiming = true;
  onDuration: DurationListener | null = null;
  readonly #clock: MetricsClock;
  readonly #templates: TemplateNames;
  readonly #fresh = new Map<string, KnownHits>();
  /** By strategy and template. */
  readonly #shared = new Map<string, KnownHits>();
  #requests = 0;
  #failed = 0;

  /** @param maxTemplates that keep their names */
  constructor(clock: MetricsClock, maxTemplates = 100) {
    this.#clock = clock;
    this.#templates = new TemplateNames(maxTemplates);
    this.rate = new OperationRate(clock.now());
  }

  /**
   * When an operation that starts now did so, to be handed to {@link end}; `null` while no time is taken.
   * @param beforeMs milliseconds that were spent on it before
   */
  start(beforeMs = 0): number | null {
    return this.isTiming ? this.#clock.monotonic() - beforeMs : null;
  }

  /** Counts an operation that ends now. Any number may be under way at the same time. */
  end(
    startedAt: number | null,
    operation: CacheOperation,
    outcome: MeasuredOutcome,
    tier: Tier | null,
    items: OperationResult['items'],
  ): void {
    if (!this.isCounting) return;
    const kind = kindOf(operation);
    const strategy = operation.strategy ?? NONE;
    this.#count(kind, strategy, operation, outcome, tier, items);
    if (kind === 'warm') return;
    const hasFailed = isFailure(outcome);
    this.#requests++;
    if (hasFailed) this.#failed++;
    this.rate.record(hasFailed, this.#clock.now());
    if (startedAt === null || !this.isTiming) return;
    const ms = Math.max(0, this.#clock.monotonic() - startedAt);
    this.latency.series(kind, strategy, tier ?? NONE).record(ms);
    this.onDuration?.(kind, strategy, tier ?? NONE, ms);
  }

  /**
   * Counts a read that was answered so fast that taking its time would take longer: it counts as 0 ms, which the
   * microseconds of the percentiles make of it anyway.
   */
  freshHit(template: string, strategy: string, key: string, nowMs: number): void {
    if (!this.isCounting) return;
    const fresh = this.#fresh.get(template) ?? this.#freshOf(template, strategy);
    if (this.isTiming) fresh.series.instant++;
    this.#countHit(fresh, FRESH, key, nowMs);
  }

  /** Counts a read that was answered by a fresh entry of the shared tier after `ms` milliseconds. */
  sharedHit(template: string, strategy: string, key: string, ms: number): void {
    if (!this.isCounting) return;
    const id = `${strategy}\n${template}`;
    const shared = this.#shared.get(id) ?? this.#sharedOf(id, template, strategy);
    this.#countHit(shared, SHARED, key, this.#clock.now());
    if (!this.isTiming) return;
    shared.series.record(ms);
    this.onDuration?.('read', strategy, 'l2', ms);
  }

  #countHit(hits: KnownHits, cell: number, key: string, nowMs: number): void {
    hits.cells[cell] = (hits.cells[cell] ?? 0) + 1;
    const data = hits.isByKey ? dataOfText(key) : hits.data;
    if (data !== null) this.data.add(data, true);
    this.#requests++;
    this.rate.record(false, nowMs);
  }

  totals(): OperationTotals {
    const { hits, misses } = hitsAndMisses(this.counts.list());
    return { requests: this.#requests, failed: this.#failed, hits, misses };
  }

  /** Begins anew, but for what exporters read, which only grows. Operations under way are counted when they end. */
  reset(): void {
    this.counts.reset();
    this.data.reset();
    this.latency.reset();
    this.rate.reset(this.#clock.now());
    this.#requests = 0;
    this.#failed = 0;
  }

  #count(
    kind: MeasuredKind,
    strategy: string,
    { template, options, key, keys }: CacheOperation,
    outcome: MeasuredOutcome,
    tier: Tier | null,
    items: OperationResult['items'],
  ): void {
    const level = options?.complianceLevel ?? NONE;
    const cells = this.counts.cells(kind, this.#templates.of(template), strategy, level);
    const count = key === null ? Math.max(1, keys.length) : 1;
    for (let at = 0; at < count; at++) {
      const each = items ? items[at] : { outcome, tier };
      if (!each) continue;
      const cell = cellOf(each.outcome, each.tier);
      cells[cell] = (cells[cell] ?? 0) + 1;
      if (!isRead(kind)) continue;
      const isOne = isHit(each.outcome);
      const data =
        isOne || isMiss(each.outcome) ? dataOf(options, template, key ?? keys[at]) : null;
      if (data !== null) this.data.add(data, isOne);
    }
  }

  #freshOf(template: string, strategy: string): KnownHits {
    const name = this.#templates.of(template);
    const fresh = this.#hitsOf(name, template, strategy, 'l1');
    if (name !== OTHER) this.#fresh.set(template, fresh);
    return fresh;
  }

  #sharedOf(id: string, template: string, strategy: string): KnownHits {
    const name = this.#templates.of(template);
    const shared = this.#hitsOf(name, template, strategy, 'l2');
    if (name !== OTHER) this.#shared.set(id, shared);
    return shared;
  }

  #hitsOf(name: string, template: string, strategy: string, tier: Tier): KnownHits {
    const data = dataOfText(template);
    return {
      cells: this.counts.cells('read', name, strategy, 'standard'),
      series: this.latency.series('read', strategy, tier),
      data,
      isByKey: data === null,
    };
  }
}
