import { CacheError } from '../errors/cache.error.js';
import { judgeHealth, type CacheHealthReport } from '../health/cache-health.js';
import type { HealthLimits } from '../health/health-limits.js';
import { memoryOf } from '../health/store-memory.js';
import type { ICacheMetrics } from '../observation/cache-metrics.js';
import type { PluginRunner } from '../plugin/plugin-runner.js';
import type { StoreStatus } from '../provider/cache-provider.js';
import type { CacheStatus, PartNumbers } from './cache-results.js';
import type { CacheRuntime } from './cache.runtime.js';

export interface CacheReportsOptions {
  readonly runtime: CacheRuntime;
  readonly plugins: PluginRunner<object>;
  /** Strategies, middleware and plugins that may have numbers to tell. */
  readonly parts: readonly CachePart[];
  /** `null`: no plugin measures. */
  readonly measures: ICacheMetrics | null;
  readonly limits: HealthLimits;
}

interface CachePart {
  readonly name: string;
  metrics?(): PartNumbers;
}

/** What a cache says of itself. */
export class CacheReports {
  readonly #options: CacheReportsOptions;
  #asking: Promise<StoreStatus> | null = null;

  constructor(options: CacheReportsOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async status(): Promise<CacheStatus> {
    const { runtime } = this.#options;
    const { provider, keys, journal, repository, errors, breaker, flags, counters, gate } = runtime;
    return {
      provider: provider.name ?? 'custom',
      namespace: keys.namespace,
      enabled: flags.isEnabled(),
      store: await this.#store(),
      breaker: breaker.state,
      breakers: breaker.states,
      parts: this.#parts(),
      journal: { ...journal.status, ...(gate.refusal && { refusal: gate.refusal.message }) },
      l1: repository.l1,
      counts: { ...counters },
      faults: errors.counts,
      faultCodes: errors.codes,
    };
  }

  /** Never rejects. */
  async health(): Promise<CacheHealthReport> {
    const { runtime, plugins, measures, limits } = this.#options;
    const [cache, parts] = await Promise.all([this.status(), plugins.health()]);
    const memory = memoryOf(cache.store);
    const errorRate = measures?.recentErrorRate() ?? 0;
    return {
      ...judgeHealth({ cache, memory, errorRate, parts }, limits),
      memoryUsage: memory.usedBytes,
      hitRate: measures?.stats().hitRate ?? 0,
      connectionStatus: cache.store.connected,
      lastHealthCheck: new Date(runtime.clock.now()),
    };
  }

  /** @throws CacheError `FEATURE_MISSING` */
  metrics(method: string): ICacheMetrics {
    if (this.#options.measures) return this.#options.measures;
    throw new CacheError(
      'FEATURE_MISSING',
      `${method}() needs @vitalcache/metrics: npm install @vitalcache/metrics, and pass plugins: [metricsPlugin()].`,
    );
  }

  /** Who asks while the store is being asked gets the same answer. */
  #store(): Promise<StoreStatus> {
    this.#asking ??= this.#options.runtime.lifecycle
      .storeStatus()
      .finally(() => (this.#asking = null));
    return this.#asking;
  }

  /** One that fails says nothing. */
  #parts(): Readonly<Record<string, PartNumbers>> {
    const said: Record<string, PartNumbers> = {};
    for (const part of this.#options.parts) {
      try {
        const numbers = part.metrics?.();
        if (numbers) said[part.name] = { ...said[part.name], ...numbers };
      } catch (error) {
        this.#options.runtime.errors.note('plugin-failed', error);
      }
    }
    return said;
  }
}
