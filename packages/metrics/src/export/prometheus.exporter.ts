import { CacheError, loadPeer } from '@vitalcache/core';
import type { Registry } from 'prom-client';

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
export function prometheusExporter({ registry }: PrometheusOptions = {}): IMetricsExporter {
  return new PrometheusExporter(registry);
}

class PrometheusExporter implements IMetricsExporter {
  readonly name = 'prometheus';
  readonly #given: AnyRegistry | undefined;
  readonly #metrics = new Set<PrometheusMetric>();
  #cache: ExportedCache | null = null;
  #registry: AnyRegistry | null = null;

  constructor(registry: AnyRegistry | undefined) {
    this.#given = registry;
  }

  /**
   * At once with a registry that was given.
   * @throws CacheError `CONFIG_INVALID` when a metric of somebody else has one of the names, or it was opened before;
   * `FEATURE_MISSING` without prom-client
   */
  open(cache: ExportedCache): void | Promise<void> {
    if (this.#cache) {
      throw new CacheError(
        'CONFIG_INVALID',
        'This exporter has a cache: make another for this one.',
      );
    }
    this.#cache = cache;
    if (this.#given) return this.#register(cache, this.#given);
    return loadPeer('prom-client', 'prometheusExporter()', () => import('prom-client')).then(
      ({ register }) => this.#register(cache, register),
    );
  }

  close(): void {
    const [cache, registry] = [this.#cache, this.#registry];
    if (!cache || !registry) return;
    for (const metric of this.#metrics) {
      metric.delete(cache);
      const isOurs = registry.getSingleMetric(metric.name) === metric.asMetric();
      if (metric.isUnused && isOurs) registry.removeSingleMetric(metric.name);
    }
    this.#metrics.clear();
  }

  #register(cache: ExportedCache, registry: AnyRegistry): void {
    const names = Object.keys(SIGNALS) as SignalName[];
    const metrics = names.map((name) => this.#metric(name, registry));
    this.#registry = registry;
    for (const metric of metrics) {
      if (metric.isUnused) registry.registerMetric(metric.asMetric());
      metric.add(cache);
      this.#metrics.add(metric);
    }
  }

  #metric(signal: SignalName, registry: AnyRegistry): PrometheusMetric {
    const own = new PrometheusMetric(signal);
    const there = registry.getSingleMetric(own.name);
    if (!there) return own;
    const known = PrometheusMetric.from(there);
    if (known) return known;
    throw new CacheError(
      'CONFIG_INVALID',
      `The registry has a metric ${own.name} of somebody else: pass prometheusExporter a registry of its own.`,
    );
  }
}
