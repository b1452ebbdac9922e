/** Reads that the cache answered, and those that it did not, since start. */
export interface CacheStats {
  hits: number;
  misses: number;
  /** hits / (hits + misses), 0 to 1; 0 when there were none. */
  hitRate: number;
  /** When this was asked, ISO 8601. */
  timestamp: string;
}

/** How the cache of one process performs. Counts, times and rates are since start, except for `throughput`. */
export interface PerformanceMetrics {
  /** Operations of every kind: reads, gets, sets, deletions, invalidations, clears. */
  totalRequests: number;
  successfulRequests: number;
  /** Requests that the cache failed, not those whose loader threw. */
  failedRequests: number;
  /** Milliseconds as the caller waited, loaders included. */
  averageResponseTime: number;
  /** Milliseconds. */
  p95ResponseTime: number;
  /** Milliseconds. */
  p99ResponseTime: number;
  /** 0 to 1, as in {@link CacheStats}. */
  cacheHitRate: number;
  /** Bytes used by the store's server, or by this process for a store that lives in it; 0 when the store does not say. */
  memoryUsage: number;
  /** Connections busy / open at this moment, 0 to 1; 0 for a store without connections. */
  connectionPoolUtilization: number;
  /** Operations per second over the last minute. */
  throughput: number;
  /** failedRequests / totalRequests, 0 to 1; 0 when there were none. */
  errorRate: number;
  /** When this was asked. */
  timestamp: Date;
}

/** part / whole, and 0 of nothing. */
export function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
