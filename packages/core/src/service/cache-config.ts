import type { Clock } from '../clock/clock.js';
import type { CompressionPolicy } from '../entry/value.codec.js';
import type { RuntimeSettings } from '../flags/runtime-settings.js';
import type { HealthLimits } from '../health/health-limits.js';
import type { ICacheKeyFactory } from '../key/cache-key.factory.js';
import type { ICacheMiddleware } from '../middleware/cache-middleware.js';
import type { CacheDefaults } from '../options/cache-options.js';
import type { CachePlugin } from '../plugin/cache-plugin.js';
import type { CircuitBreakerOptions } from '../resilience/circuit-breaker.service.js';
import type { ICacheStrategy } from '../strategy/cache-strategy.js';
import type { CacheWarmer } from '../warming/cache-warmer.js';

/** Where the cache says things; Nest's Logger and `console` both fit. No key or value is ever logged. */
export interface CacheLogger {
  debug(message: string): void;
  log(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** How a cache is set up. Everything has a default. */
export interface CacheConfig<F extends ICacheKeyFactory = ICacheKeyFactory> {
  /** Separates caches in one store; letters, digits, `-`, `_`, `.` and `/`. Default: `default`. */
  readonly namespace?: string;
  /** The kill switch: when false every read goes to its loader and nothing is stored. Default: true. */
  readonly enabled?: boolean;
  /** Strategies that come before the standard one, in order of precedence. */
  readonly strategies?: readonly ICacheStrategy[];
  /** Middleware that runs inside the validation, the first outermost. */
  readonly middleware?: readonly ICacheMiddleware[];
  /** Parts that bring several of these at once; what they bring stands behind what is given here. */
  readonly plugins?: readonly CachePlugin[];
  /** What can be warmed; more may be registered later. */
  readonly warmers?: readonly CacheWarmer[];
  /** Where what can be changed at run time begins, beside what other options here say of it. */
  readonly settings?: Partial<RuntimeSettings>;
  readonly keyFactory?: F;
  readonly defaults?: Partial<CacheDefaults>;
  readonly logger?: CacheLogger;
  /** Bytes of decoded entries that this process may hold; 0 for none. Default: 64 MiB. */
  readonly l1MaxBytes?: number;
  /** Bytes of these that the entries of one tenant (`tenant` of the options) may take. Absent: no bound. */
  readonly l1TenantMaxBytes?: number;
  /** Lets the process's own tier shrink when the heap gets full. Default: true. */
  readonly memoryOptimization?: boolean;
  /** Larger values are returned, not cached. Default: 16 MiB. */
  readonly maxValueBytes?: number;
  /** What `compress: true` does. Default: snappy from 1 024 bytes. */
  readonly compression?: CompressionPolicy;
  /** How long a read waits for the store before it goes on without. Default: 250. */
  readonly readBudgetMs?: number;
  /** How long an invalidation waits for the store before it resolves as queued. Default: 2 000. */
  readonly invalidationDeadlineMs?: number;
  /** Time without news from the journal after which stored entries need a catch-up to be served. Default: 5 000. */
  readonly blindAfterMs?: number;
  /** Time without news after which not even own entries are served. Default: 30 000. */
  readonly blindMaxMs?: number;
  /** Invalidations that may wait for the store; beyond it they become one clear. Default: 1 000. */
  readonly maxQueuedInvalidations?: number;
  /** Slots of the validity sketch, a power of two, 8 bytes each. Default: 1 048 576. */
  readonly sketchSlots?: number;
  /** Version of the values' shape, 0 to 65 535; entries of another are misses. Default: 0. */
  readonly schemaVersion?: number;
  /** Versions of single key templates, where they differ from `schemaVersion`. */
  readonly templateVersions?: Readonly<Record<string, number>>;
  /** When the store is left alone for a while: after how many failures in a row (10), for how many ms (30 000). */
  readonly breaker?: Pick<CircuitBreakerOptions, 'threshold' | 'timeoutMs'>;
  /**
   * The store keeps its journal over restarts and failovers (invalidations wait for a replica or an append-only file):
   * a restart then makes nothing invalid. Default: false.
   */
  readonly durable?: boolean;
  /** Beyond what the cache is no longer healthy. */
  readonly healthLimits?: Partial<HealthLimits>;
  readonly clock?: Clock;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
}
