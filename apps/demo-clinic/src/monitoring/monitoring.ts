import { metricsPlugin, StalenessProbe } from '@vitalcache/metrics';
import { tracingPlugin } from '@vitalcache/metrics/opentelemetry';
import { prometheusExporter } from '@vitalcache/metrics/prometheus';
import type { CacheModuleOptions } from '@vitalcache/nest-integration';
import { Registry } from 'prom-client';

/** What watches one cache, and where it can be read. */
export interface Monitoring {
  readonly plugins: NonNullable<CacheModuleOptions['plugins']>;
  /** What a scrape tells. */
  readonly registry: Registry;
  /** Takes checks of sources. */
  readonly staleness: StalenessProbe;
}

/** Metrics for Prometheus, a probe for stale answers, and spans for whichever OpenTelemetry SDK is registered. */
export function monitoring(): Monitoring {
  const registry = new Registry();
  const staleness = new StalenessProbe();
  const metrics = metricsPlugin({ staleness, exporters: [prometheusExporter({ registry })] });
  return { registry, staleness, plugins: [metrics, tracingPlugin({ hits: false })] };
}
