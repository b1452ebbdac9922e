import { hostname } from 'node:os';

import { CacheError, type CacheService, type CacheStatus } from '@vitalcache/core';

import { judgeHealth, type CacheHealth, type CacheHealthReport } from './cache-health.js';
import { resolveLimits, type HealthLimits } from './health-limits.js';
import { systemMetricsClock, type MetricsClock } from './metrics-clock.js';
import { MetricsCacheMiddleware } from './metrics-cache.middleware.js';
import type { OperationCount } from './operation-counts.js';
import { OperationRecorder } from './operation.recorder.js';
import { ratio, type CacheStats, type PerformanceMetrics } from './performance-metrics.js';
import { memoryOf } from './store-memory.js';

/** How metrics are set up. Everything has a default. */
export interface CacheMetricsOptions {
  /** Default: the clocks of the machine. */
  readonly clock?: MetricsClock;
  /** Names this process beside its numbers. Default: host name and process id. */
  readonly instance?: string;
  readonly limits?: Partial<HealthLimits>;
}

/**
 * What one cache does in this process, since start: give {@link middleware} to the cache, and the cache to
 * {@link attach}. One service serves one cache.
 */
export class CacheMetricsService {
  /** Records the operations of the cache that it is registered with; without it all counts stay 0. */
  readonly middleware: MetricsCacheMiddleware;
  readonly instance: string;
  readonly #clock: MetricsClock;
  readonly #limits: HealthLimits;
  readonly #recorder: OperationRecorder;
  #cache: Pick<CacheService, 'status'> | null = null;

  /** @throws CacheError `CONFIG_INVALID` */
  constructor(options: CacheMetricsOptions = {}) {
    this.#clock = options.clock ?? systemMetricsClock;
    this.#limits = resolveLimits(options.limits);
    this.#recorder = new OperationRecorder(this.#clock);
    this.instance = options.instance ?? `${hostname()}:${process.pid}`;
    this.middleware = new MetricsCacheMiddleware(this.#recorder);
  }

  /**
   * Names the cache whose store and journal are reported.
   * @throws CacheError `CONFIG_INVALID` when there is another already
   */
  attach(cache: Pick<CacheService, 'status'>): void {
    if (this.#cache !== null && this.#cache !== cache) {
      throw new CacheError(
        'CONFIG_INVALID',
        'These metrics have a cache: make others for this one.',
      );
    }
    this.#cache = cache;
  }

  stats(): CacheStats {
    const { hits, misses } = this.#recorder.totals();
    return {
      hits,
      misses,
      hitRate: ratio(hits, hits + misses),
      timestamp: this.#now().toISOString(),
    };
  }

  /** Operations by kind, outcome, tier and strategy, since start. */
  operations(): readonly OperationCount[] {
    return this.#recorder.list();
  }

  /** @throws CacheError `CONFIG_INVALID` before {@link attach} */
  async performance(): Promise<PerformanceMetrics> {
    const { store } = await this.#status();
    const { requests, failed, hits, misses, totalMs } = this.#recorder.totals();
    return {
      totalRequests: requests,
      successfulRequests: requests - failed,
      failedRequests: failed,
      averageResponseTime: ratio(totalMs, requests),
      p95ResponseTime: this.#recorder.latency.percentileMs(95),
      p99ResponseTime: this.#recorder.latency.percentileMs(99),
      cacheHitRate: ratio(hits, hits + misses),
      memoryUsage: memoryOf(store).usedBytes,
      connectionPoolUtilization: ratio(store.pool.busy, store.pool.open),
      throughput: this.#recorder.rate.perSecond(this.#clock.monotonic()),
      errorRate: ratio(failed, requests),
      timestamp: this.#now(),
    };
  }

  /** The five fields that may be shown to anyone. @throws CacheError `CONFIG_INVALID` before {@link attach} */
  async health(): Promise<CacheHealth> {
    const { reasons: _reasons, ...health } = await this.healthReport();
    return health;
  }

  /** Health with its reasons, which are not for everybody. @throws CacheError `CONFIG_INVALID` before {@link attach} */
  async healthReport(): Promise<CacheHealthReport> {
    const cache = await this.#status();
    const memory = memoryOf(cache.store);
    const errorRate = this.#recorder.rate.errorRate(this.#clock.monotonic());
    const { status, reasons } = judgeHealth({ cache, memory, errorRate }, this.#limits);
    return {
      status,
      memoryUsage: memory.usedBytes,
      hitRate: this.stats().hitRate,
      connectionStatus: cache.store.connected,
      lastHealthCheck: this.#now(),
      reasons,
    };
  }

  /** Counts from 0 again. Operations under way are counted when they end. */
  reset(): void {
    this.#recorder.reset();
  }

  async #status(): Promise<CacheStatus> {
    if (this.#cache) return this.#cache.status();
    throw new CacheError('CONFIG_INVALID', 'These metrics know no cache: call attach(cache) once.');
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}
