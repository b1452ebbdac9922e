/** Reads that the cache answered, and those that it did not, since start. */
export interface CacheStats {
  hits: number;
  misses: number;
  /** hits / (hits + misses), 0 to 1; 0 when there were none. */
  hitRate: number;
  /** When this was asked, ISO 8601. */
  timestamp: string;
}

/** Hits of healthcare data, each counted once by its kind, since start. */
export interface HealthcareCacheMetrics {
  /** Records, history, prescriptions and lab results of patients. */
  patientCacheHits: number;
  appointmentCacheHits: number;
  doctorCacheHits: number;
  emergencyCacheHits: number;
  /** Of these four kinds together. */
  totalHits: number;
  totalMisses: number;
  /** 0 to 1; 0 when there were none. */
  hitRate: number;
}

/** How the cache of one process performs. Counts, times and rates are since start, except for `throughput`. */
export interface PerformanceMetrics {
  /** Calls of every kind: reads, gets, sets, deletions, invalidations, clears; a batch is one. */
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
  /** Requests per second over the last minute. */
  throughput: number;
  /** failedRequests / totalRequests, 0 to 1; 0 when there were none. */
  errorRate: number;
  /** When this was asked. */
  timestamp: Date;
}

/** How long operations that were alike took, since start. */
export interface OperationLatency {
  /** A word of the code, such as `read`. */
  readonly operation: string;
  /** The tier that answered; empty where none did. */
  readonly tier: string;
  /** The strategy that read; absent where none is told apart. */
  readonly strategy?: string;
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** What measures a cache; a plugin brings it. */
export interface ICacheMetrics {
  /** Names this process beside its numbers. Absent: it has no name. */
  readonly instance?: string;
  /** Response times by operation and tier; absent: it does not tell them apart. */
  latencies?(): readonly OperationLatency[];
  stats(): CacheStats;
  healthcare(): HealthcareCacheMetrics;
  /** Asks the store how it is, within bounds. Never rejects. */
  performance(): Promise<PerformanceMetrics>;
  /** Share of the last minute's requests that the cache failed, 0 to 1. */
  recentErrorRate(): number;
}
