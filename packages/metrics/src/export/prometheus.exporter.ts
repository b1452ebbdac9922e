import { CacheError } from '@vitalcache/core';
import { register, type Registry } from 'prom-client';

import { SIGNALS, type SignalName } from '../signals/signal-table.js';
import type { ExportedCache, IMetricsExporter } from './metrics-exporter.js';
import { PrometheusMetric } from './prometheus.metric.js';

/** What is asked of a registry, of either exposition format. */
type AnyRegistry = Pick<Registry, 'getSingleMetric' | 'registerMetric' | 'removeSingleMetric'>;

export interface PrometheusOptions {
  /** Where the metrics are put. Default: prom-client's default registry. */
  readonly registry?: AnyRegistry;
}

/**
 * Puts a cache's signals into a registry of prom-client, to be read whenever that is scraped. Several caches may share one
 * registry; their namespaces tell them apart.
 */
export function prometheusExporter({
  registry = register,
}: PrometheusOptions = {}): IMetricsExporter {
  return new PrometheusExporter(registry);
}

class PrometheusExporter implements IMetricsExporter {
  readonly name = 'prometheus';
  readonly #registry: AnyRegistry;
  readonly #metrics = new Set<PrometheusMetric>();
  #cache: ExportedCache | null = null;

  constructor(registry: AnyRegistry) {
    this.#registry = registry;
  }

  /** @throws CacheError `CONFIG_INVALID` when a metric of somebody else has one of the names, or it was opened before */
  open(cache: ExportedCache): void {
    if (this.#cache) {
      throw new CacheError(
        'CONFIG_INVALID',
        'This exporter has a cache: make another for this one.',
      );
    }
    const metrics = (Object.keys(SIGNALS) as SignalName[]).map((name) => this.#metric(name));
    this.#cache = cache;
    for (const metric of metrics) {
      if (metric.isUnused) this.#registry.registerMetric(metric.asMetric());
      metric.add(cache);
      this.#metrics.add(metric);
    }
  }

  close(): void {
    const cache = this.#cache;
    if (!cache) return;
    for (const metric of this.#metrics) {
      metric.delete(cache);
      const isOurs = this.#registry.getSingleMetric(metric.name) === metric.asMetric();
      if (metric.isUnused && isOurs) this.#registry.removeSingleMetric(metric.name);
    }
    this.#metrics.clear();
  }

  #metric(signal: SignalName): PrometheusMetric {
    const own = new PrometheusMetric(signal);
    const there = this.#registry.getSingleMetric(own.name);
    if (!there) return own;
    const known = PrometheusMetric.from(there);
    if (known) return known;
    throw new CacheError(
      'CONFIG_INVALID',
      `The registry has a metric ${own.name} of somebody else: pass prometheusExporter a registry of its own.`,
    );
  }
}
