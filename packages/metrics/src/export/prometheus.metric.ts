import type { Metric, MetricObject } from 'prom-client';

import type { SignalReading } from '../signals/signal-reading.js';
import { prometheusName, SIGNALS, type SignalName } from '../signals/signal-table.js';
import type { ExportedCache } from './metrics-exporter.js';

type Values = { labels: Record<string, string | number>; value: number; metricName?: string }[];

/** Tells one of ours from a stranger of the same name, also one of another copy of this package. */
const BRAND = Symbol.for('vitalcache.metric');

/**
 * One signal in a registry of prom-client, of all caches that are exported there. It has what a registry asks of a metric,
 * and is none of the library's own: those count for themselves, while these numbers are there already, for each scrape as
 * they are then. That they only grow is not for the registry to undo.
 */
export class PrometheusMetric {
  readonly [BRAND] = true;
  /** The registry shortens it when it writes OpenMetrics. */
  name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly aggregator: 'sum' | 'max';
  readonly #signal: SignalName;
  readonly #caches = new Set<ExportedCache>();

  constructor(signal: SignalName) {
    const { help, type } = SIGNALS[signal];
    this.#signal = signal;
    this.name = prometheusName(signal);
    this.help = help;
    this.type = type;
    this.aggregator = type === 'gauge' ? 'max' : 'sum'; // over the workers of a cluster
  }

  /** The one of this name that is in a registry; `null` if what is there is a stranger. */
  static from(metric: Metric): PrometheusMetric | null {
    return BRAND in metric ? (metric as unknown as PrometheusMetric) : null;
  }

  get isUnused(): boolean {
    return this.#caches.size === 0;
  }

  add(cache: ExportedCache): void {
    this.#caches.add(cache);
  }

  delete(cache: ExportedCache): void {
    this.#caches.delete(cache);
  }

  /** What the registry takes it for. */
  asMetric(): Metric {
    return this as unknown as Metric;
  }

  /** Asked at each scrape. A cache that can't be read is left out. */
  async get(): Promise<Pick<MetricObject, 'name' | 'help' | 'aggregator'> & { values: Values }> {
    const { name, help, type, aggregator } = this;
    const readings = await Promise.allSettled([...this.#caches].map((cache) => cache.read()));
    const values = readings.flatMap((reading) =>
      reading.status === 'fulfilled' ? this.#values(reading.value) : [],
    );
    return { name, help, type, aggregator, values } as never;
  }

  /** Nothing is reset: counters never go down. */
  reset(): void {
    // what it says is the cache's
  }

  #values(reading: SignalReading): Values {
    if (this.type !== 'histogram') return reading.samples(this.#signal).map(copy);
    const { bounds = [] } = SIGNALS[this.#signal] as { bounds?: readonly number[] };
    return reading.distributions(this.#signal).flatMap(({ labels, cumulative, sum }) => {
      const count = cumulative.at(-1) ?? 0;
      const buckets = bounds.map((bound, at) => [String(bound), cumulative[at] ?? 0] as const);
      const metricName = `${this.name}_bucket`;
      return [
        ...[...buckets, ['+Inf', count] as const].map(([le, value]) => ({
          labels: { le, ...labels },
          value,
          metricName,
        })),
        { labels: { ...labels }, value: sum, metricName: `${this.name}_sum` },
        { labels: { ...labels }, value: count, metricName: `${this.name}_count` },
      ];
    });
  }
}

/** The registry may write default labels into what it gets. */
function copy({ labels, value }: { labels: object; value: number }): Values[number] {
  return { labels: { ...labels }, value };
}
