import { CacheService, type CachePlugin } from '@vitalcache/core';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-base';

import { openTelemetryExporter, tracingPlugin } from '../src/export/opentelemetry.js';
import { metricsPlugin, openTelemetryName, SIGNALS, type SignalName } from '../src/index.js';
import { outline, RecordedSpans } from './support/recorded-spans.js';

const ALLOWED = ['cache', 'operation', 'template', 'strategy', 'tier', 'outcome', 'level'].concat(
  'data',
  'reason',
  'store',
  'alert',
);

describe('OpenTelemetry', () => {
  const caches: CacheService[] = [];
  afterEach(async () => {
    for (const cache of caches.splice(0)) await cache.close();
  });

  function start(...plugins: CachePlugin[]): CacheService {
    const cache = new CacheService(new MemoryCacheProvider(), { namespace: 'clinic', plugins });
    caches.push(cache);
    return cache;
  }

  describe('openTelemetryExporter', () => {
    let memory: InMemoryMetricExporter;
    let provider: MeterProvider;

    beforeEach(() => {
      memory = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
      const exportIntervalMillis = 3_600_000;
      const reader = new PeriodicExportingMetricReader({ exporter: memory, exportIntervalMillis });
      provider = new MeterProvider({ readers: [reader] });
    });
    afterEach(async () => {
      await provider.shutdown();
    });

    async function collect(): Promise<ReadonlyMap<string, MetricData>> {
      memory.reset();
      await provider.forceFlush();
      const metrics = memory
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
      return new Map(metrics.map((metric) => [metric.descriptor.name, metric]));
    }
    const valueOf = (metric: MetricData | undefined, attributes: object): unknown =>
      metric?.dataPoints.find((point) =>
        Object.entries(attributes).every(([name, value]) => point.attributes[name] === value),
      )?.value;

    it('keeps from readers what the recording of a duration throws', async () => {
      const meter = provider.getMeter('broken');
      meter.createHistogram = () => ({
        record() {
          throw new Error('the histogram');
        },
      });
      const meterProvider = { getMeter: () => meter };
      const cache = start(metricsPlugin({ exporters: [openTelemetryExporter({ meterProvider })] }));
      await cache.start();
      for (let i = 0; i < 2; i++) expect(await cache.cache('a', () => 'v')).toBe('v');
    });

    it('tells counters and gauges as they are, and durations as they were measured', async () => {
      const cache = start(
        metricsPlugin({ exporters: [openTelemetryExporter({ meterProvider: provider })] }),
      );
      const options = { template: 'users:{id}' };
      await cache.cache('users:7', () => 1, options);
      await cache.settled();
      await cache.cache('users:7', () => 1, options);
      const metrics = await collect();
      const hit = { 'vitalcache.cache': 'clinic', 'vitalcache.outcome': 'hit' };
      expect(valueOf(metrics.get('vitalcache.operations'), hit)).toBe(1);
      expect(valueOf(metrics.get('vitalcache.store.up'), {})).toBe(1);
      expect(metrics.get('vitalcache.journal.lag')?.descriptor).toMatchObject({ unit: 's' });
      const miss = { 'vitalcache.tier': 'none', 'vitalcache.operation': 'read' };
      expect(valueOf(metrics.get('vitalcache.operation.duration'), miss)).toMatchObject({
        count: 1,
        buckets: { boundaries: SIGNALS['operation.duration'].bounds },
      });
    });

    it('has an instrument for every signal, and no attribute but the allowed', async () => {
      const cache = start(
        metricsPlugin({ exporters: [openTelemetryExporter({ meterProvider: provider })] }),
      );
      await cache.cache('patient:4711', () => 1, { template: 'patient:{id}', tags: ['t4711'] });
      await cache.invalidateCacheByTag('t4711');
      const metrics = await collect();
      const names = (Object.keys(SIGNALS) as SignalName[]).filter((name) => {
        // What has nothing to say yet says nothing.
        const { type } = SIGNALS[name];
        return type !== 'histogram' && !/refresh|predict|staleness|limit|link|fault\.e/.test(name);
      });
      for (const name of names) expect([...metrics.keys()]).toContain(openTelemetryName(name));
      const attributes = [...metrics.values()].flatMap(({ dataPoints }) =>
        dataPoints.flatMap((point) => Object.entries(point.attributes)),
      );
      for (const [name, value] of attributes) {
        expect(ALLOWED).toContain(name.replace('vitalcache.', ''));
        expect(String(value)).not.toContain('4711');
      }
    });

    it('says nothing more of a cache that has ended, and serves one', async () => {
      const exporter = openTelemetryExporter({ meterProvider: provider });
      const cache = start(metricsPlugin({ exporters: [exporter] }));
      await cache.cache('a', () => 1);
      expect(() => start(metricsPlugin({ exporters: [exporter] }))).toThrow(/make another/);
      await cache.close();
      expect((await collect()).get('vitalcache.operations')?.dataPoints ?? []).toEqual([]);
    });

    it('is silent where no SDK is registered', async () => {
      const cache = start(metricsPlugin({ exporters: [openTelemetryExporter()] }));
      await cache.start();
      await expect(cache.cache('a', () => 1)).resolves.toBe(1);
    });
  });

  describe('tracingPlugin', () => {
    let spans: RecordedSpans;
    beforeEach(() => {
      spans = new RecordedSpans();
    });
    afterEach(async () => {
      await spans.close();
    });

    it('gives every kind of operation one span', async () => {
      const cache = start(tracingPlugin({ tracerProvider: spans.provider }));
      await cache.start();
      await cache.set('a', 1);
      await cache.get('a');
      await cache.batchGet(['a', 'b']);
      await cache.del('a');
      await cache.invalidateCacheByTag('t');
      await cache.prefetch('a', () => 1, { ttl: 0 });
      await expect(cache.get('')).rejects.toThrow(/key/i);
      expect(spans.trees.map(outline)).toEqual([
        'cache.set',
        'cache.get',
        'cache.get',
        'cache.del',
        'cache.invalidate',
        'cache.warm',
      ]);
      const names = spans.all.flatMap(({ attributes }) => Object.keys(attributes));
      for (const name of names) {
        if (name !== 'db.system.name') expect(ALLOWED).toContain(name.replace('vitalcache.', ''));
      }
    });

    it('has no database where the store is this process', async () => {
      const cache = start(tracingPlugin({ tracerProvider: spans.provider }));
      await cache.start();
      await cache.cache('a', () => 1);
      await cache.settled();
      expect(spans.all.some(({ attributes }) => 'db.system.name' in attributes)).toBe(false);
      expect(outline(spans.trees[0]!)).toEqual([
        'cache.read',
        ['cache.lease', 'cache.load', 'cache.write'],
      ]);
    });

    it('leaves fresh hits their short way if it is told to', async () => {
      const cache = start(tracingPlugin({ tracerProvider: spans.provider, hits: false }));
      await cache.start();
      await cache.cache('a', () => 1);
      await cache.settled();
      spans.clear();
      expect(await cache.cache('a', () => 2)).toBe(1);
      expect(spans.all).toEqual([]);
      await cache.get('a');
      expect(spans.trees.map(outline)).toEqual(['cache.get']);
    });

    it('names at most so many templates', async () => {
      const plugin = tracingPlugin({ tracerProvider: spans.provider, maxTemplates: 1 });
      const cache = start(plugin);
      for (const id of ['4711', '4712', '4713']) {
        await cache.cache(`k${id}`, () => 1, { template: `patient-${id}` });
      }
      await cache.settled();
      const templates = spans.all.map(({ attributes }) => attributes['vitalcache.template']);
      expect(new Set(templates)).toEqual(new Set(['patient-4711', 'other']));
    });

    it.each(['onStart', 'onEnd'] as const)(
      'keeps from readers what %s of a span processor throws',
      async (when) => {
        const broken: SpanProcessor = {
          onStart: () => undefined,
          onEnd: () => undefined,
          forceFlush: async () => undefined,
          shutdown: async () => undefined,
          [when]: () => {
            throw new Error('the processor');
          },
        };
        const tracerProvider = new BasicTracerProvider({ spanProcessors: [broken] });
        const cache = start(tracingPlugin({ tracerProvider }));
        await cache.start();
        const load = jest.fn(() => 'v');
        expect(await cache.cache('a', load)).toBe('v');
        expect(await cache.cache('a', load)).toBe('v');
        expect(load).toHaveBeenCalledTimes(1);
        expect(await cache.invalidateCache('a')).toMatchObject({ recorded: true });
      },
    );

    it('passes values and errors as they are, also without an SDK', async () => {
      for (const plugin of [tracingPlugin(), tracingPlugin({ tracerProvider: spans.provider })]) {
        const cache = start(plugin);
        const value = await cache.cache('a', () => ({ list: [1] }));
        expect(value).toEqual({ list: [1] });
        const error = new Error('no');
        await expect(cache.cache('b', () => Promise.reject(error))).rejects.toBe(error);
      }
    });
  });
});
