import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { CACHE_CHANNELS } from '@vitalcache/core';
import { metricsPlugin } from '@vitalcache/metrics';
import { openTelemetryExporter, tracingPlugin } from '@vitalcache/metrics/opentelemetry';
import { prometheusExporter } from '@vitalcache/metrics/prometheus';
import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';
import { SWRCacheStrategy } from '@vitalcache/swr';
import {
  CANARY_PATIENT,
  contentPlace,
  recordLogger,
  spanPlace,
  valuePlace,
  type CanaryPlace,
} from '@vitalcache/testing';
import { Registry } from 'prom-client';

import type { AccessContext } from '../../src/access/access-context.js';
import { runWithAccess } from '../../src/access/access-scope.js';
import { PhiAudit } from '../../src/audit/phi.audit.js';
import type { AuditBatch } from '../../src/audit-sinks/audit-sink.js';
import { generateAuditKeys } from '../../src/audit/audit-keys.js';
import { FileAuditSink } from '../../src/audit-sinks/file.sink.js';
import { MemoryRecordBook } from '../../src/books/memory-record-book.js';
import { HealthcareCacheService } from '../../src/healthcare-cache.service.js';
import { healthcarePlugin, type HealthcarePlugin } from '../../src/healthcare.plugin.js';
import { generateKeyring } from '../../src/keys/keyring/generate-keyring.js';
import { Keyring } from '../../src/keys/keyring/keyring.js';
import { UrlKeyStore } from '../../src/keys/stores/url-key.store.js';

const { mrn, email } = CANARY_PATIENT;

/** Everything about who asks is marked, too. */
export const DOCTOR: AccessContext = {
  tenant: `tenant-${mrn}`,
  actor: email,
  roles: ['doctor', 'officer'],
  purpose: 'TREAT',
  clinicId: `clinic-${mrn}`,
  requestId: `request-${mrn}`,
  address: '127.0.0.1',
};

/** A sink that can be made to fail, quoting what it was given, as vendors' errors do. */
class QuotingSink extends FileAuditSink {
  isDown = false;

  override append(batch: AuditBatch): Promise<boolean> {
    if (!this.isDown) return super.append(batch);
    return Promise.reject(new Error(`refused: ${JSON.stringify(batch)}`));
  }
}

/** A healthcare cache with everything that could tell of it: logger, spans, metrics, events, and errors that were caught. */
export interface MarkedClinic {
  readonly cache: HealthcareCacheService;
  readonly plugin: HealthcarePlugin;
  readonly sink: QuotingSink;
  readonly auditDirectory: string;
  /** What this process tells, to be searched. */
  readonly places: readonly CanaryPlace[];
  /** What was rejected or thrown by the library so far. */
  readonly errors: readonly unknown[];
  /** Does something for the doctor, or for whoever is named; what it rejects with is kept. */
  as(work: () => unknown, context?: Partial<AccessContext>): Promise<void>;
  /** Notes what a part says of itself. */
  tell(what: unknown): void;
  close(): Promise<void>;
}

export interface MarkedClinicOptions {
  readonly url: string;
  readonly keyStoreUrl: string;
  /** What the application itself throws: it is not the library's to hide. */
  readonly isOwnError: (error: unknown) => boolean;
}

export async function markedClinic({
  url,
  keyStoreUrl,
  isOwnError,
}: MarkedClinicOptions): Promise<MarkedClinic> {
  const folder = await mkdtemp(join(tmpdir(), 'vitalcache-canary-'));
  const auditDirectory = join(folder, 'audit');
  const { logger, place: logs } = recordLogger();
  const spans = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(spans)],
  });
  const memory = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter: memory,
    exportIntervalMillis: 3_600_000,
  });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const registry = new Registry();
  const events: unknown[] = [];
  const hear = (event: unknown): void => void events.push(event);
  const channels = Object.values(CACHE_CHANNELS).map((channel) => channel.name);
  for (const channel of channels) subscribe(channel, hear);

  const sink = new QuotingSink({ directory: auditDirectory });
  const alarms: unknown[] = [];
  const audit = new PhiAudit({
    sink,
    signingKey: generateAuditKeys().privateKey,
    spoolDirectory: join(folder, 'spool'),
    onAlarm: (alarm) => void alarms.push(alarm),
  });
  const plugin = healthcarePlugin({
    keyring: Keyring.parse(generateKeyring()),
    keyStore: new UrlKeyStore(keyStoreUrl),
    audit,
    logger,
    levels: ['standard', 'sensitive', 'restricted'],
    authorize: ({ context }) => context.actor === email,
    breakGlass: { book: new MemoryRecordBook(), roles: ['doctor'], reviewerRoles: ['officer'] },
    legalHold: { book: new MemoryRecordBook(), roles: ['officer'] },
    receiptsDirectory: join(folder, 'receipts'),
    reportsUndeclared: true,
  });
  const exporters = [prometheusExporter({ registry }), openTelemetryExporter({ meterProvider })];
  const service = new RedisService({
    url,
    username: 'cache',
    password: 'password',
    connectTimeoutMs: 1_000,
    commandTimeoutMs: 1_000,
    retryAttempts: 1,
    retryDelayMs: 50,
    onStateChange: (line) => logger.log(line),
  });
  const cache = new HealthcareCacheService(new RedisCacheProvider(service), {
    namespace: 'clinic',
    logger,
    strategies: [new SWRCacheStrategy()],
    plugins: [plugin, metricsPlugin({ exporters }), tracingPlugin({ tracerProvider })],
    compression: { compressor: 'none', thresholdBytes: 0 },
    maxValueBytes: 64_000,
    breaker: { threshold: 1_000, timeoutMs: 100 },
  });
  await cache.start();

  const errors: unknown[] = [];
  const told: unknown[] = [alarms];
  return {
    cache,
    plugin,
    sink,
    auditDirectory,
    errors,
    places: [
      logs,
      valuePlace('errors', () => errors),
      valuePlace('reports', () => told),
      valuePlace('events', () => events),
      spanPlace('spans', () => spans.getFinishedSpans()),
      contentPlace('prometheus', () => registry.metrics()),
      contentPlace('otel metrics', async () => {
        await meterProvider.forceFlush();
        return JSON.stringify(
          memory
            .getMetrics()
            .flatMap(({ scopeMetrics }) =>
              scopeMetrics.flatMap(({ metrics }) =>
                metrics.map(({ descriptor, dataPoints }) => [
                  descriptor,
                  dataPoints.map(({ attributes }) => attributes),
                ]),
              ),
            ),
        );
      }),
    ],
    as: async (work, context = {}) => {
      try {
        await runWithAccess({ ...DOCTOR, ...context }, work);
      } catch (error) {
        if (!isOwnError(error)) errors.push(error);
      }
    },
    tell: (what) => void told.push(what),
    close: async () => {
      await cache.close();
      for (const channel of channels) unsubscribe(channel, hear);
      await Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()]);
    },
  };
}
