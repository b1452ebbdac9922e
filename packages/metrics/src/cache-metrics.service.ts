import { hostname } from 'node:os';

import {
  assertOptionNames,
  CacheError,
  memoryOf,
  type CacheHealth,
  type CacheService,
  type CacheStats,
  type HealthcareCacheMetrics,
  type ICacheMetrics,
  type OptionNames,
  type PerformanceMetrics,
  type SettingChanged,
} from '@vitalcache/core';

import { systemMetricsClock, type MetricsClock } from './metrics-clock.js';
import type { ExportedCache } from './export/metrics-exporter.js';
import { MetricsCacheMiddleware } from './metrics-cache.middleware.js';
import { MonitorSwitch } from './monitoring/monitor-switch.js';
import type { IPerformanceMonitor } from './monitoring/performance-monitor.js';
import { ratio } from './ratio.js';
import type { LatencySummary } from './recording/latency-board.js';
import type { OperationCount } from './recording/operation-counts.js';
import {
  OperationRecorder,
  type DurationListener,
  type OperationTotals,
} from './recording/operation.recorder.js';
import { addEngineSignals } from './signals/engine-signals.js';
import { addOperationSignals } from './signals/operation-signals.js';
import { SignalReading, type ISignalSource } from './signals/signal-reading.js';

/** What metrics ask of the cache. */
export type MeasuredCache = Pick<
  CacheService,
  'namespace' | 'status' | 'getCacheHealth' | 'settings'
>;

/** How metrics are set up. Everything has a default. */
export interface CacheMetricsOptions {
  /** Default: the clocks of the machine. */
  readonly clock?: MetricsClock;
  /** Names this process beside its numbers. Default: host name and process id. */
  readonly instance?: string;
  /** Templates that keep their names in labels; the others count as `other`. Default: 100. */
  readonly maxTemplates?: number;
  /** What watches while performance monitoring is on. */
  readonly monitors?: readonly IPerformanceMonitor[];
  /** What has signals to tell beside the cache's own. */
  readonly sources?: readonly ISignalSource[];
}

/** The compiler sees to it that the names are complete. */
export const METRICS_OPTIONS: OptionNames<CacheMetricsOptions> = {
  clock: true,
  instance: true,
  maxTemplates: true,
  monitors: true,
  sources: true,
};

const HEALTH: Readonly<Record<CacheHealth['status'], number>> = {
  healthy: 0,
  warning: 1,
  critical: 2,
};

/**
 * What one cache does in this process, since start. `metricsPlugin` makes it and gives it its cache. Follows the settings
 * `metrics` and `performanceMonitoring` while it runs: what is off records nothing and keeps what it has.
 */
export class CacheMetricsService implements ICacheMetrics, ExportedCache {
  /** Records the operations of the cache that it is registered with; without it all counts stay 0. */
  readonly middleware: MetricsCacheMiddleware;
  readonly instance: string;
  readonly #clock: MetricsClock;
  readonly #recorder: OperationRecorder;
  readonly #monitors: MonitorSwitch;
  readonly #sources: readonly ISignalSource[];
  #cache: MeasuredCache | null = null;
  #reading: Promise<SignalReading> | null = null;

  /** @throws CacheError `CONFIG_INVALID` */
  constructor(options: CacheMetricsOptions = {}) {
    assertOptionNames('CacheMetricsService', options, METRICS_OPTIONS);
    const { clock = systemMetricsClock, maxTemplates = 100, monitors = [], sources = [] } = options;
    if (!(Number.isInteger(maxTemplates) && maxTemplates >= 1 && maxTemplates <= 10_000)) {
      throw new CacheError(
        'CONFIG_INVALID',
        `maxTemplates is ${maxTemplates}; accepted: a whole number from 1 to 10000.`,
      );
    }
    this.#clock = clock;
    this.#recorder = new OperationRecorder(clock, maxTemplates);
    this.#monitors = new MonitorSwitch(monitors);
    this.#sources = sources;
    this.instance = options.instance ?? `${hostname()}:${process.pid}`;
    this.middleware = new MetricsCacheMiddleware(this.#recorder, (change) => this.#set(change));
  }

  /**
   * Names the cache that is measured.
   * @throws CacheError `CONFIG_INVALID` when there is another already
   */
  attach(cache: MeasuredCache): void {
    if (this.#cache !== null && this.#cache !== cache) {
      throw new CacheError(
        'CONFIG_INVALID',
        'These metrics have a cache: make others for this one.',
      );
    }
    this.#cache = cache;
    const { metrics, performanceMonitoring } = cache.settings;
    this.#recorder.isCounting = metrics;
    this.#recorder.isTiming = performanceMonitoring;
  }

  /** Lets what watches begin, if the settings want that. */
  start(): void {
    this.#follow();
  }

  /** Ends what watches. Never rejects. */
  close(): Promise<void> {
    return this.#monitors.close();
  }

  /** @throws CacheError `CONFIG_INVALID` before {@link attach} */
  get namespace(): string {
    return this.#attached().namespace;
  }

  stats(): CacheStats {
    const { hits, misses } = this.totals();
    const timestamp = this.#now().toISOString();
    return { hits, misses, hitRate: ratio(hits, hits + misses), timestamp };
  }

  healthcare(): HealthcareCacheMetrics {
    return this.#recorder.data.metrics();
  }

  /** Requests, failures, hits and misses since start or {@link reset}. */
  totals(): OperationTotals {
    return this.#recorder.totals();
  }

  /** Operations by all their labels, since start or {@link reset}. */
  operations(): readonly OperationCount[] {
    return this.#recorder.counts.list();
  }

  /** Response times by operation, strategy and tier, since start or {@link reset}. */
  latencies(): readonly LatencySummary[] {
    return this.#recorder.latency.summaries();
  }

  /** @throws CacheError `CONFIG_INVALID` before {@link attach} */
  async performance(): Promise<PerformanceMetrics> {
    const { store } = await this.#attached().status();
    const { requests, failed, hits, misses } = this.totals();
    const { count, totalMs, p95Ms, p99Ms } = this.#recorder.latency.overall();
    return {
      totalRequests: requests,
      successfulRequests: requests - failed,
      failedRequests: failed,
      averageResponseTime: ratio(totalMs, count),
      p95ResponseTime: p95Ms,
      p99ResponseTime: p99Ms,
      cacheHitRate: ratio(hits, hits + misses),
      memoryUsage: memoryOf(store).usedBytes,
      connectionPoolUtilization: ratio(store.pool.busy, store.pool.open),
      throughput: this.#recorder.rate.perSecond(this.#clock.now()),
      errorRate: ratio(failed, requests),
      timestamp: this.#now(),
    };
  }

  recentErrorRate(): number {
    return this.#recorder.rate.errorRate(this.#clock.now());
  }

  /** As the cache says. @throws CacheError `CONFIG_INVALID` before {@link attach} */
  async health(): Promise<CacheHealth> {
    return this.#attached().getCacheHealth();
  }

  /** Counts from 0 again; what exporters read goes on. Operations under way are counted when they end. */
  reset(): void {
    this.#recorder.reset();
  }

  /** @throws CacheError `CONFIG_INVALID` before {@link attach} */
  read(): Promise<SignalReading> {
    this.#reading ??= this.#read().finally(() => (this.#reading = null));
    return this.#reading;
  }

  onDuration(listener: DurationListener): void {
    const before = this.#recorder.onDuration;
    this.#recorder.onDuration = (...duration) => {
      before?.(...duration);
      try {
        listener(...duration);
      } catch {
        // The reader whose duration this is has nothing to do with what an exporter makes of it.
      }
    };
  }

  async #read(): Promise<SignalReading> {
    const cache = this.#attached();
    const [status, health] = await Promise.all([cache.status(), cache.getCacheHealth()]);
    const reading = new SignalReading(cache.namespace);
    addOperationSignals(reading, this.#recorder);
    addEngineSignals(reading, status);
    reading.add('health.status', HEALTH[health.status]);
    for (const source of this.#sources) source.collect(reading);
    return reading;
  }

  #set({ name, new: value }: Pick<SettingChanged, 'name' | 'new'>): void {
    if (name === 'metrics') this.#recorder.isCounting = value === true;
    else if (name === 'performanceMonitoring') this.#recorder.isTiming = value === true;
    else return;
    this.#follow();
  }

  #follow(): void {
    const { isCounting, isTiming } = this.#recorder;
    this.#monitors.set(isCounting && isTiming);
  }

  #attached(): MeasuredCache {
    if (this.#cache) return this.#cache;
    throw new CacheError('CONFIG_INVALID', 'These metrics know no cache: use metricsPlugin().');
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}
