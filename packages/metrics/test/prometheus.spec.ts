import { CacheService } from '@vitalcache/core';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';
import { Counter, register, Registry, type OpenMetricsContentType } from 'prom-client';

import { prometheusExporter } from '../src/export/prometheus.exporter.js';
import { metricsPlugin, prometheusName, SIGNALS, type SignalName } from '../src/index.js';

const NAMES = (Object.keys(SIGNALS) as SignalName[]).map(prometheusName);

describe('prometheusExporter', () => {
  let registry: Registry;
  const caches: CacheService[] = [];

  beforeEach(() => {
    registry = new Registry();
  });
  afterEach(async () => {
    for (const cache of caches.splice(0)) await cache.close();
    register.clear();
  });

  function start(
    namespace = 'clinic',
    to: Registry | Registry<OpenMetricsContentType> | null = registry,
  ) {
    const exporters = [prometheusExporter(to ? { registry: to } : {})];
    const plugin = metricsPlugin({ exporters, alerts: {} });
    const cache = new CacheService(new MemoryCacheProvider(), { namespace, plugins: [plugin] });
    caches.push(cache);
    return { cache, plugin };
  }

  /** Lines of the exposition format, by name and labels. */
  async function scrape(from = registry): Promise<ReadonlyMap<string, number>> {
    const lines = (await from.metrics()).split('\n');
    const samples = lines.filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      samples.map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1).replace('+Inf', 'Infinity'))];
      }),
    );
  }
  const READ =
    'vitalcache_operations_total{cache="clinic",operation="read",template="users:{id}",strategy="standard",level="standard",';

  it('offers every signal of the table, under its name, with its type', async () => {
    start();
    const text = await registry.metrics();
    for (const name of NAMES)
      expect(text).toMatch(new RegExp(`^# TYPE ${name} (counter|gauge|histogram)$`, 'm'));
    expect(new Set(NAMES).size).toBe(NAMES.length);
  });

  it('says at each scrape what is so by then', async () => {
    const { cache } = start();
    const options = { template: 'users:{id}' };
    await cache.cache('users:7', () => 1, options);
    await cache.settled();
    await cache.cache('users:7', () => 1, options);
    let samples = await scrape();
    expect(samples.get(`${READ}outcome="miss",tier="none"}`)).toBe(1);
    expect(samples.get(`${READ}outcome="hit",tier="l1"}`)).toBe(1);
    expect(samples.get('vitalcache_loads_total{cache="clinic",reason="read"}')).toBe(1);
    expect(samples.get('vitalcache_loads_saved_total{cache="clinic"}')).toBe(1);
    expect(samples.get('vitalcache_store_up{cache="clinic"}')).toBe(1);
    expect(samples.get('vitalcache_l1_entries{cache="clinic"}')).toBe(1);
    expect(samples.get('vitalcache_breaker_state{cache="clinic",store="memory"}')).toBe(0);
    expect(samples.get('vitalcache_faults_total{cache="clinic",reason="store-failed"}')).toBe(0);
    expect(samples.get('vitalcache_seal_failures_total{cache="clinic"}')).toBe(0);
    expect(samples.get('vitalcache_alert_firing{cache="clinic",alert="lag"}')).toBe(0);
    expect(samples.get('vitalcache_health_status{cache="clinic"}')).toBe(0);
    await cache.cache('users:7', () => 1, options);
    samples = await scrape();
    expect(samples.get(`${READ}outcome="hit",tier="l1"}`)).toBe(2);
  });

  it('spreads durations over buckets, each with those before, fresh hits in the first', async () => {
    const { cache } = start();
    await cache.cache('a', () => new Promise((resolve) => setTimeout(() => resolve(1), 30)));
    await cache.settled();
    await cache.cache('a', () => 2);
    const samples = await scrape();
    const of = (tier: string, le: string): number | undefined =>
      samples.get(
        `vitalcache_operation_duration_seconds_bucket{le="${le}",cache="clinic",operation="read",strategy="standard",tier="${tier}"}`,
      );
    expect([of('l1', '0.0001'), of('l1', '10'), of('l1', '+Inf')]).toEqual([1, 1, 1]);
    expect([of('none', '0.025'), of('none', '5'), of('none', '+Inf')]).toEqual([0, 1, 1]);
    const rest = '{cache="clinic",operation="read",strategy="standard",tier="none"}';
    expect(samples.get(`vitalcache_operation_duration_seconds_count${rest}`)).toBe(1);
    expect(samples.get(`vitalcache_operation_duration_seconds_sum${rest}`)).toBeGreaterThan(0.02);
  });

  it('never lets a counter go down, whoever resets what', async () => {
    const { cache, plugin } = start();
    await cache.cache('a', () => 1);
    const before = await scrape();
    plugin.service.reset();
    registry.resetMetrics();
    const after = await scrape();
    for (const [name, value] of before) {
      if (/_(total|count|bucket|sum)\b/.test(name))
        expect(after.get(name)).toBeGreaterThanOrEqual(value);
    }
    expect(await cache.getCacheStats()).toMatchObject({ misses: 0 });
  });

  it('can be scraped as OpenMetrics and as JSON', async () => {
    const { cache } = start();
    await cache.cache('a', () => 1);
    const open = new Registry<OpenMetricsContentType>();
    open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    start('other', open);
    const text = await open.metrics();
    expect(text).toMatch(/^# TYPE vitalcache_loads counter\nvitalcache_loads_total\{/m);
    expect(text.trimEnd().endsWith('# EOF')).toBe(true);
    expect((await open.metrics()).match(/vitalcache_loads_total_total/)).toBeNull();
    const json = await registry.getMetricsAsJSON();
    expect(json.find(({ name }) => name === 'vitalcache_loads_total')?.values).toEqual([
      { labels: { cache: 'clinic', reason: 'read' }, value: 1 },
      { labels: { cache: 'clinic', reason: 'refresh' }, value: 0 },
    ]);
  });

  it('keeps several caches in one registry apart, and takes each out when it ends', async () => {
    const first = start('one');
    const second = start('two');
    await second.cache.cache('a', () => 1);
    let samples = await scrape();
    expect(samples.get('vitalcache_loads_total{cache="one",reason="read"}')).toBe(0);
    expect(samples.get('vitalcache_loads_total{cache="two",reason="read"}')).toBe(1);
    await first.cache.close();
    samples = await scrape();
    expect(samples.has('vitalcache_loads_total{cache="one",reason="read"}')).toBe(false);
    expect(samples.get('vitalcache_loads_total{cache="two",reason="read"}')).toBe(1);
    await second.cache.close();
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  it("takes prom-client's default registry without another", async () => {
    await start('clinic', null).cache.start();
    register.setDefaultLabels({ pod: 'p1' });
    expect(await register.metrics()).toContain('vitalcache_enabled{cache="clinic",pod="p1"} 1');
    expect(await register.metrics()).toContain('vitalcache_enabled{cache="clinic",pod="p1"} 1');
  });

  it('refuses a registry where somebody else has one of the names, and leaves it as it was', () => {
    const help = 'somebody else';
    const theirs = new Counter({ name: 'vitalcache_loads_total', help, registers: [registry] });
    expect(() => start()).toThrow(/a metric vitalcache_loads_total of somebody else/);
    expect(registry.getMetricsAsArray()).toEqual([theirs]);
  });

  it('serves one cache', () => {
    const exporter = prometheusExporter({ registry });
    const make = (namespace: string) =>
      new CacheService(new MemoryCacheProvider(), {
        namespace,
        plugins: [metricsPlugin({ exporters: [exporter] })],
      });
    caches.push(make('one'));
    expect(() => make('two')).toThrow(/make another/);
  });

  it('has as many series after 100 000 random keys, tags and tenants as before', async () => {
    const { cache, plugin } = start();
    const random = (): string => `4711${Math.random().toString(36).slice(2)}`;
    const many = (count: number): string[] => Array.from({ length: count }, random);
    const round = async (): Promise<void> => {
      const options = { template: 'patient:{id}', tags: many(10), tenant: random(), ttl: 60 };
      await cache.batchGet(many(1_000));
      await cache.cacheMany(many(10), (keys) => keys.map(() => 1), options);
      await cache.cache(random(), () => 1, options);
      await cache.set(random(), 1, options);
      await cache.invalidateCacheByTag(random());
      await cache.invalidateCacheByPattern(`${random()}:*`);
      await cache.batchGet(['held', random()]);
      await cache.cache('held', () => 1, { template: 'patient:{id}', ttl: 600 });
    };
    for (let i = 0; i < 3; i++) await round();
    const before = new Set((await scrape()).keys());
    for (let i = 0; i < 100; i++) await round();
    const { totalRequests } = await cache.getCacheMetrics();
    expect(totalRequests).toBe(103 * 8);
    expect(plugin.service.operations().reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(
      100_000,
    );
    expect(await registry.metrics()).not.toContain('4711');
    const after = [...(await scrape()).keys()];
    expect(after.filter((name) => !before.has(name))).toEqual([]);
  }, 60_000);

  it('tells the names of at most so many templates', async () => {
    const exporters = [prometheusExporter({ registry })];
    const plugin = metricsPlugin({ exporters, maxTemplates: 5 });
    const cache = new CacheService(new MemoryCacheProvider(), { plugins: [plugin] });
    caches.push(cache);
    for (let i = 0; i < 200; i++) await cache.cache(`k${i}`, () => i, { template: `t${i}` });
    const text = await registry.metrics();
    const templates = new Set([...text.matchAll(/template="([^"]+)"/g)].map(([, name]) => name));
    expect([...templates].sort()).toEqual(['other', 't0', 't1', 't2', 't3', 't4']);
  });
});
