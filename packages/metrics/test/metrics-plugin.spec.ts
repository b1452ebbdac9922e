import { CacheError, CacheService } from '@vitalcache/core';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';
import { SWRCacheStrategy } from '@vitalcache/swr';

import {
  CacheMetricsService,
  metricsPlugin,
  type Alert,
  type IMetricsExporter,
  type MetricsPluginOptions,
} from '../src/index.js';
import { ManualMetricsClock } from './manual-metrics-clock.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('metricsPlugin', () => {
  const caches: CacheService[] = [];
  afterEach(async () => {
    for (const cache of caches.splice(0)) await cache.close();
  });

  function start(options: MetricsPluginOptions = {}, more: object = {}) {
    const plugin = metricsPlugin(options);
    const provider = new MemoryCacheProvider();
    const cache = new CacheService(provider, { ...more, plugins: [plugin] });
    caches.push(cache);
    return { plugin, cache };
  }

  it('brings its service to whoever injects it, under its class', () => {
    const { plugin } = start();
    expect(
      plugin.services?.map(({ token, create }) => [token, create({} as CacheService)]),
    ).toEqual([[CacheMetricsService, plugin.service]]);
  });

  it.each<[MetricsPluginOptions, RegExp]>([
    [{ alerts: { everyMs: 10 } }, /alerts.everyMs is 10; accepted: milliseconds from 100/],
    [{ alerts: { minHitRate: 7 } }, /alerts.minHitRate is 7/],
    [{ alerts: { minHitRat: 0.7 } as never }, /alerts has no minHitRat/],
    [{ maxTemplates: 0 }, /maxTemplates is 0/],
    [{ exporter: [] } as never, /metricsPlugin has no exporter \(did you mean exporters\?\)/],
  ])('refuses %j', (options, message) => {
    expect(() => metricsPlugin(options)).toThrow(message);
    expect(() => metricsPlugin(options)).toThrow(CacheError);
  });

  it('watches from the start of the cache to its end, and leaves nothing behind', async () => {
    const clock = new ManualMetricsClock();
    const alerts: Alert[] = [];
    const { cache } = start({
      clock,
      alerts: { onAlert: (alert) => void alerts.push(alert), maxErrorRate: 0, everyMs: 1_000 },
    });
    const refused = new CacheError('STORE_REFUSED', 'no');
    await expect(cache.update('a', () => Promise.reject(refused))).rejects.toBe(refused);
    clock.advance(1_000);
    await turn();
    expect(alerts).toEqual([]);
    await cache.start();
    await until(clock, () => alerts.length > 0);
    expect(alerts).toMatchObject([{ name: 'error-rate', state: 'firing', cache: 'default' }]);
    await cache.close();
    expect(clock.sleeping).toBe(0);
  });

  it('watches nothing if it is told so', async () => {
    const clock = new ManualMetricsClock();
    const { cache, plugin } = start({ clock, alerts: false, staleness: false } as never);
    await cache.start();
    expect(clock.sleeping).toBe(0);
    expect((await plugin.service.read()).samples('alert.firing')).toEqual([]);
  });

  it('opens exporters with the cache, and closes them with it, whatever one of them does', async () => {
    const calls: string[] = [];
    const exporter = (name: string): IMetricsExporter => ({
      name,
      open: ({ namespace }) => void calls.push(`${name} open ${namespace}`),
      close: () => {
        calls.push(`${name} close`);
        if (name === 'bad') throw new Error('no');
      },
    });
    const { cache } = start({ exporters: [exporter('bad'), exporter('good')] });
    expect(calls).toEqual(['bad open default', 'good open default']);
    await cache.close();
    expect(calls.slice(2)).toEqual(['bad close', 'good close']);
  });

  it('knows the refreshes of the swr strategy', async () => {
    const strategies = [new SWRCacheStrategy()];
    const { cache, plugin } = start({}, { strategies });
    const options = { ttl: 60, staleTime: 0, earlyRefresh: 0 };
    await cache.cache('a', () => 1, options);
    await cache.settled();
    await cache.cache('a', () => 2, options);
    await cache.settled();
    await turn();
    const reading = await plugin.service.read();
    const of = (name: 'refreshes' | 'refreshes.shed' | 'loads') =>
      Object.fromEntries(
        reading.samples(name).map(({ labels, value }) => [labels.outcome ?? labels.reason, value]),
      );
    expect(of('refreshes')).toEqual({ changed: 1, unchanged: 0, elsewhere: 0, failed: 0 });
    expect(of('refreshes.shed')).toMatchObject({ pressure: 0, full: 0, 'breaker-open': 0 });
    expect(of('loads')).toEqual({ read: 1, refresh: 1 });
    const stale = plugin.service.operations().find(({ outcome }) => outcome === 'stale');
    expect(stale).toMatchObject({ operation: 'read', strategy: 'swr', tier: 'l1', count: 1 });
  });
});

/** Lets time pass until something is so. */
async function until(clock: ManualMetricsClock, isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 100 && !isSo(); i++) {
    clock.advance(1_000);
    await turn();
  }
}
