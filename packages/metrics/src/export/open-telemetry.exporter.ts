import type { BatchObservableResult, Meter, MeterProvider, Observable } from '@opentelemetry/api';
import { CacheError, loadPeer } from '@vitalcache/core';

import { attributesOf, SCOPE } from './open-telemetry.names.js';
import type { SignalReading } from '../signals/signal-reading.js';
import {
  openTelemetryName,
  SIGNALS,
  type SignalName,
  type SignalSpec,
} from '../signals/signal-table.js';
import type { ExportedCache, IMetricsExporter } from './metrics-exporter.js';

export interface OpenTelemetryOptions {
  /** Default: the one that is registered globally. */
  readonly meterProvider?: MeterProvider;
}

/** An instrument, and what it says of a reading. */
interface Observed {
  readonly instrument: Observable;
  readonly samples: (
    reading: SignalReading,
  ) => readonly { readonly labels: object; readonly value: number }[];
}

/**
 * Gives a cache's signals to OpenTelemetry: counters and gauges whenever its reader collects, durations as they are
 * measured (fresh hits of the process's own tier are counted, not timed).
 */
export function openTelemetryExporter(options: OpenTelemetryOptions = {}): IMetricsExporter {
  return new OpenTelemetryExporter(options.meterProvider);
}

class OpenTelemetryExporter implements IMetricsExporter {
  readonly name = 'opentelemetry';
  readonly #given: MeterProvider | undefined;
  #isTaken = false;
  #end: (() => void) | null = null;

  constructor(provider: MeterProvider | undefined) {
    this.#given = provider;
  }

  /**
   * At once with a provider that was given.
   * @throws CacheError `CONFIG_INVALID` when it was opened before; `FEATURE_MISSING` without @opentelemetry/api
   */
  open(cache: ExportedCache): void | Promise<void> {
    if (this.#isTaken) {
      throw new CacheError(
        'CONFIG_INVALID',
        'This exporter has a cache: make another for this one.',
      );
    }
    this.#isTaken = true;
    if (this.#given) return this.#export(cache, this.#given.getMeter(SCOPE));
    const api = loadPeer(
      '@opentelemetry/api',
      'openTelemetryExporter()',
      () => import('@opentelemetry/api'),
    );
    return api.then(({ metrics }) => this.#export(cache, metrics.getMeter(SCOPE)));
  }

  close(): void {
    this.#end?.();
  }

  #export(cache: ExportedCache, meter: Meter): void {
    const observed = (Object.keys(SIGNALS) as SignalName[]).flatMap((name) => observe(meter, name));
    const instruments = observed.map(({ instrument }) => instrument);
    const callback = async (result: BatchObservableResult): Promise<void> => {
      const reading = await cache.read();
      for (const { instrument, samples } of observed) {
        for (const { labels, value } of samples(reading)) {
          if (Number.isFinite(value)) result.observe(instrument, value, attributesOf(labels));
        }
      }
    };
    let isOpen = true;
    meter.addBatchObservableCallback(callback, instruments);
    const record = histogram(meter, 'operation.duration');
    cache.onDuration((operation, strategy, tier, ms) => {
      if (isOpen) record(ms / 1_000, { cache: cache.namespace, operation, strategy, tier });
    });
    this.#end = () => {
      isOpen = false;
      meter.removeBatchObservableCallback(callback, instruments);
    };
  }
}

function observe(meter: Meter, name: SignalName): readonly Observed[] {
  const { type, unit, help }: SignalSpec = SIGNALS[name];
  const options = { unit, description: help };
  const id = openTelemetryName(name);
  if (name === 'operation.duration') return []; // recorded as it happens
  if (type === 'gauge') {
    const instrument = meter.createObservableGauge(id, options);
    return [{ instrument, samples: (reading) => reading.samples(name) }];
  }
  if (type === 'counter') {
    const instrument = meter.createObservableCounter(id, options);
    return [{ instrument, samples: (reading) => reading.samples(name) }];
  }
  // A distribution that is there already can't be observed: its count and sum can.
  return [
    {
      instrument: meter.createObservableCounter(`${id}.count`, { ...options, unit: '1' }),
      samples: (reading) =>
        reading
          .distributions(name)
          .map(({ labels, cumulative }) => ({ labels, value: cumulative.at(-1) ?? 0 })),
    },
    {
      instrument: meter.createObservableCounter(`${id}.sum`, options),
      samples: (reading) =>
        reading.distributions(name).map(({ labels, sum }) => ({ labels, value: sum })),
    },
  ];
}

function histogram(meter: Meter, name: SignalName): (value: number, labels: object) => void {
  const { unit, help, bounds = [] }: SignalSpec = SIGNALS[name];
  const instrument = meter.createHistogram(openTelemetryName(name), {
    unit,
    description: help,
    advice: { explicitBucketBoundaries: [...bounds] },
  });
  return (value, labels) => instrument.record(value, attributesOf(labels));
}
