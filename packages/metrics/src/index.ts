export type { CacheHealth, CacheHealthReport } from './cache-health.js';
export { CacheMetricsService, type CacheMetricsOptions } from './cache-metrics.service.js';
export type { HealthLimits } from './health-limits.js';
export { MetricsCacheMiddleware } from './metrics-cache.middleware.js';
export type { MetricsClock } from './metrics-clock.js';
export type { MeasuredOutcome, OperationCount } from './operation-counts.js';
export type { CacheStats, PerformanceMetrics } from './performance-metrics.js';
