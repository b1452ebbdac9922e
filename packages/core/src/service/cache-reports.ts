import { CacheError } from '../errors/cache.error.js';
import { judgeHealth, type CacheHealthReport } from '../health/cache-health.js';
import type { HealthLimits } from '../health/health-limits.js';
import { memoryOf } from '../health/store-memory.js';
import type { ICacheMetrics } from '../observation/cache-metrics.js';
import type { PluginRunner } from '../plugin/plugin-runner.js';
import type { CacheStrategyManager } from '../strategy/cache-strategy.manager.js';
import type { ICacheMiddleware } from '../middleware/cache-middleware.js';
import type { CacheStatus, PartNumbers } from './cache-results.js';
import type { CacheRuntime } from './cache.runtime.js';

export interface CacheReportsOptions {
  readonly runtime: CacheRuntime;
  readonly strategies: CacheStrategyManager;
  readonly middleware: readonly ICacheMiddleware[];
  readonly plugins: PluginRunner<object>;
  /** `null`: no plugin measures. */
  readonly measures: ICacheMetrics | null;
  readonly limits: HealthLimits;
}

/** What a cache says of itself. */
export class CacheReports {
  readonly #options: CacheReportsOptions;

  constructor(options: CacheReportsOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async status(): Promise<CacheStatus> {
    const { runtime } = this.#options;
    const { provider, keys, journal, repository, errors, breaker, flags, counters } = runtime;
    return {
      provider: provider.name ?? 'custom',
      namespace: keys.namespace,
      enabled: flags.isEnabled(),
      store: await runtime.storeStatus(),
      breaker: breaker.state,
      breakers: breaker.states,
      journal: journal.status,
      l1: repository.l1,
      counts: { ...counters },
      faults: errors.counts,
      faultCodes: errors.codes,
      parts: this.#parts(),
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

  #parts(): Readonly<Record<string, PartNumbers>> {
    const { strategies, middleware, plugins } = this.#options;
    const said = middleware.flatMap((one) =>
      one.metrics ? [[one.name, one.metrics()] as const] : [],
    );
    const parts: Record<string, PartNumbers> = {};
    for (const [name, numbers] of [...strategies.metrics(), ...said, ...plugins.metrics()]) {
      parts[name] = { ...parts[name], ...numbers };
    }
    return parts;
  }
}
