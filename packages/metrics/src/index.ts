export { ALERT_DEFAULTS, type AlertThresholds } from './alerts/alert-rules.js';
export type { Alert, AlertRule, AlertSignals, KnownAlert } from './alerts/alert.js';
export {
  CacheMetricsService,
  type CacheMetricsOptions,
  type MeasuredCache,
} from './cache-metrics.service.js';
export { MetricsCacheMiddleware } from './metrics-cache.middleware.js';
export { systemMetricsClock, type MetricsClock } from './metrics-clock.js';
export type { ExportedCache, IMetricsExporter } from './export/metrics-exporter.js';
export {
  metricsPlugin,
  type AlertOptions,
  type MetricsPlugin,
  type MetricsPluginOptions,
} from './metrics.plugin.js';
export type { IPerformanceMonitor } from './monitoring/performance-monitor.js';
export type { LatencySummary } from './recording/latency-board.js';
export type { MeasuredKind, MeasuredOutcome } from './recording/measured-operation.js';
export type { OperationCount } from './recording/operation-counts.js';
export type { DurationListener, OperationTotals } from './recording/operation.recorder.js';
export {
  SignalReading,
  type DistributionSample,
  type ISignalSource,
  type SignalSample,
} from './signals/signal-reading.js';
export {
  openTelemetryName,
  prometheusName,
  SIGNAL_LABELS,
  SIGNALS,
  type SignalName,
} from './signals/signal-table.js';
export type { StalenessProbeOptions } from './staleness/probe-options.js';
export type { SourceCheck, SourceCheckOptions } from './staleness/source.checks.js';
export type { CheckOutcome, ProbeOutcome } from './staleness/staleness.counts.js';
export { StalenessProbe, type StalenessReport } from './staleness/staleness.probe.js';

export type {
  CacheHealth,
  CacheHealthReport,
  CacheStats,
  HealthLimits,
  HealthcareCacheMetrics,
  PerformanceMetrics,
} from '@vitalcache/core';
