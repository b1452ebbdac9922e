import {
  assertOptionNames,
  CacheError,
  type CachePlugin,
  type CacheService,
  type OptionNames,
} from '@vitalcache/core';

import { AlertMonitor } from './alerts/alert.monitor.js';
import { alertRules, type AlertThresholds } from './alerts/alert-rules.js';
import type { Alert, AlertRule } from './alerts/alert.js';
import {
  CacheMetricsService,
  METRICS_OPTIONS,
  type CacheMetricsOptions,
} from './cache-metrics.service.js';
import { systemMetricsClock } from './metrics-clock.js';
import type { IMetricsExporter } from './export/metrics-exporter.js';
import { EventLoopMonitor } from './monitoring/event-loop.monitor.js';
import { StalenessProbe } from './staleness/staleness.probe.js';

export interface AlertOptions extends Partial<AlertThresholds> {
  /** Told when an alert begins and when it is over; what it throws goes no further. */
  readonly onAlert?: (alert: Alert) => void | Promise<void>;
  /** Rules of your own beside the known ones. */
  readonly rules?: readonly AlertRule[];
  /** Milliseconds between two looks. Default: 10 000. */
  readonly everyMs?: number;
}

export interface MetricsPluginOptions extends CacheMetricsOptions {
  /** Where signals go. */
  readonly exporters?: readonly IMetricsExporter[];
  /** `false`: nothing is watched. Default: the thresholds of {@link AlertThresholds}. */
  readonly alerts?: AlertOptions | false;
  /** Looks whether what the cache serves is valid; `false`: nobody does. Default: a probe with its defaults. */
  readonly staleness?: StalenessProbe | false;
}

const NAMES: OptionNames<MetricsPluginOptions> = {
  ...METRICS_OPTIONS,
  exporters: true,
  alerts: true,
  staleness: true,
};

/** The plugin, and the service that it makes. */
export interface MetricsPlugin extends CachePlugin<CacheService> {
  readonly service: CacheMetricsService;
}

/**
 * Measures the cache that it is given to: pass it in `plugins`. `getCacheMetrics()` and its siblings then tell, and
 * `CacheMetricsService` can be injected. One plugin serves one cache.
 * @throws CacheError `CONFIG_INVALID`
 */
export function metricsPlugin(options: MetricsPluginOptions = {}): MetricsPlugin {
  assertOptionNames('metricsPlugin', options, NAMES);
  const { exporters = [], alerts = {}, staleness: _, clock = systemMetricsClock, ...own } = options;
  const eventLoop = new EventLoopMonitor(clock);
  const { staleness = new StalenessProbe({ clock }) } = options;
  const probes = staleness ? [staleness] : [];
  let cache: CacheService | null = null;
  let opening: Promise<unknown> = Promise.resolve();
  const monitor =
    alerts === false
      ? null
      : alertMonitor(withRules(alerts, probes), {
          clock,
          status: () => attached(cache).status(),
          counts: () => service.totals(),
        });
  const service: CacheMetricsService = new CacheMetricsService({
    ...own,
    clock,
    monitors: [eventLoop, ...probes, ...(options.monitors ?? [])],
    sources: [eventLoop, ...probes, ...(monitor ? [monitor] : []), ...(options.sources ?? [])],
  });
  return {
    name: 'metrics',
    service,
    measures: service,
    middleware: [service.middleware, ...probes.map(({ middleware }) => middleware)],
    services: [{ token: CacheMetricsService, create: () => service }],
    attach(given) {
      service.attach(given);
      for (const probe of probes) probe.attach(given);
      cache = given;
      opening = Promise.all(exporters.map((exporter) => Promise.resolve(exporter.open(service))));
      opening.catch(() => undefined); // `start` tells of it
    },
    async start() {
      await opening;
      service.start();
      monitor?.start();
    },
    async close() {
      await opening.catch(() => undefined); // what is not open can't be closed
      await Promise.allSettled([
        monitor?.close(),
        ...exporters.map(async (exporter) => exporter.close()),
      ]);
      await service.close();
    },
  };
}

function withRules(alerts: AlertOptions, probes: readonly StalenessProbe[]): AlertOptions {
  return {
    ...alerts,
    rules: [...probes.flatMap((probe) => probe.alertRules), ...(alerts.rules ?? [])],
  };
}

type AlertSources = Pick<
  ConstructorParameters<typeof AlertMonitor>[0],
  'clock' | 'status' | 'counts'
>;

function alertMonitor(
  { onAlert = () => undefined, rules = [], everyMs = 10_000, ...thresholds }: AlertOptions,
  sources: AlertSources,
): AlertMonitor {
  if (!(Number.isInteger(everyMs) && everyMs >= 100 && everyMs <= 3_600_000)) {
    throw new CacheError(
      'CONFIG_INVALID',
      `alerts.everyMs is ${String(everyMs)}; accepted: milliseconds from 100 to 3600000.`,
    );
  }
  return new AlertMonitor({
    ...sources,
    everyMs,
    onAlert,
    rules: [...alertRules(thresholds), ...rules],
  });
}

function attached(cache: CacheService | null): CacheService {
  if (cache) return cache;
  throw new CacheError('CONFIG_INVALID', 'The plugin was given to no cache.');
}
