// What stands between the markers is written by tools/build/write-samples.mjs.
import type * as library from '@vitalcache/core';

// sample: 19-cache-statistics
interface CacheStats {
  hits: number;
  misses: number;
  hitRate: number;
  timestamp: string;
}
// end of sample

// sample: 20-healthcare-cache-metrics
interface HealthcareCacheMetrics {
  patientCacheHits: number;
  appointmentCacheHits: number;
  doctorCacheHits: number;
  emergencyCacheHits: number;
  totalHits: number;
  totalMisses: number;
  hitRate: number;
}
// end of sample

// sample: 21-performance-metrics
interface PerformanceMetrics {
  totalRequests: number;
  successfulRequests: number;
  failedRequests: number;
  averageResponseTime: number;
  p95ResponseTime: number;
  p99ResponseTime: number;
  cacheHitRate: number;
  memoryUsage: number;
  connectionPoolUtilization: number;
  throughput: number;
  errorRate: number;
  timestamp: Date;
}
// end of sample

// sample: 22-health-status
interface CacheHealth {
  status: 'healthy' | 'warning' | 'critical';
  memoryUsage: number;
  hitRate: number;
  connectionStatus: boolean;
  lastHealthCheck: Date;
}
// end of sample



// What the library gives fits into the interfaces of the document, and the other way round.
export const stats = (given: library.CacheStats): CacheStats => given;
export const statsBack = (given: CacheStats): library.CacheStats => given;
export const healthcare = (given: library.HealthcareCacheMetrics): HealthcareCacheMetrics => given;
export const healthcareBack = (given: HealthcareCacheMetrics): library.HealthcareCacheMetrics =>
  given;
export const performance = (given: library.PerformanceMetrics): PerformanceMetrics => given;
export const performanceBack = (given: PerformanceMetrics): library.PerformanceMetrics => given;
export const health = (given: library.CacheHealth): CacheHealth => given;
export const healthBack = (given: CacheHealth): library.CacheHealth => given;
