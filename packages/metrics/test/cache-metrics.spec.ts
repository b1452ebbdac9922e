import {
  CacheService,
  InProcessJournalLog,
  systemClock,
  type CacheConfig,
  type CacheKeyFactory,
  type Coverage,
  type ICacheProvider,
  type JournalRecord,
} from '@vitalcache/core';

import { metricsPlugin, type MetricsPlugin } from '../src/index.js';

class MapProvider implements ICacheProvider {
  readonly name = 'map';
  readonly entries = new Map<string, Uint8Array>();
  isBroken = false;

  async get(key: string): Promise<Uint8Array | null> {
    if (this.isBroken) throw new Error('connection lost');
    return this.entries.get(key) ?? null;
  }

  async set(key: string, value: Uint8Array): Promise<void> {
    this.entries.set(key, value);
  }

  async del(key: string): Promise<number> {
    return this.entries.delete(key) ? 1 : 0;
  }
}

class StubbornLog extends InProcessJournalLog {
  isStubborn = false;

  override append(coverage: Coverage, nonce: number): Promise<JournalRecord | null> {
    return this.isStubborn ? Promise.reject(new Error('no')) : super.append(coverage, nonce);
  }
}

describe('metricsPlugin with a CacheService', () => {
  let skewMs: number;
  let provider: MapProvider;
  let plugin: MetricsPlugin;
  let cache: CacheService;

  function start(
    config: CacheConfig<CacheKeyFactory> = {},
    store: ICacheProvider = provider,
  ): void {
    plugin = metricsPlugin();
    const clock = { now: () => Date.now() + skewMs, sleep: systemClock.sleep };
    cache = new CacheService(store, { clock, ...config, plugins: [plugin] });
  }

  beforeEach(() => {
    skewMs = 0;
    provider = new MapProvider();
    start();
  });
  afterEach(async () => {
    await cache.close();
  });

  const counted = (): Record<string, number> =>
    Object.fromEntries(
      plugin.service
        .operations()
        .map(({ operation, outcome, tier, count }) => [
          [operation, outcome, tier].filter((label) => label !== 'none').join(' '),
          count,
        ]),
    );

  it('tells misses, joined loads and hits of either tier apart', async () => {
    const load = async (): Promise<number> => 1;
    await Promise.all([cache.cache('a', load), cache.cache('a', load), cache.cache('a', load)]);
    await cache.settled();
    await cache.cache('a', load);
    await cache.get('a');
    await cache.get('unknown');
    expect(counted()).toEqual({
      'read miss': 1,
      'read joined': 2,
      'read hit l1': 1,
      'get hit l1': 1,
      'get miss': 1,
    });
    expect(await cache.getCacheStats()).toMatchObject({ hits: 2, misses: 4, hitRate: 2 / 6 });
    expect(plugin.service.operations()[0]).toMatchObject({
      operation: 'read',
      strategy: 'standard',
    });
  });

  it('sees hits of the store', async () => {
    await cache.close();
    start({ l1MaxBytes: 0 });
    await cache.cache('a', () => 1);
    await cache.settled();
    await cache.cache('a', () => 2);
    expect(counted()).toEqual({ 'read miss': 1, 'read hit l2': 1 });
  });

  it('counts a stale value as a hit and a read without cache as neither', async () => {
    await cache.close();
    start({ defaults: { enableSwr: true } });
    await cache.cache('a', () => 1, { ttl: 100, staleTime: 10 });
    await cache.settled();
    skewMs = 50_000;
    await cache.get('a');
    await cache.cache('a', () => 1, { ttl: 0 });
    expect(counted()).toEqual({ 'read miss': 1, 'get stale l1': 1, 'read bypass': 1 });
    expect(await cache.getCacheStats()).toMatchObject({ hits: 1, misses: 1 });
    expect(await cache.getCacheMetrics()).toMatchObject({ totalRequests: 3, failedRequests: 0 });
  });

  it('counts writes and invalidations', async () => {
    await cache.set('a', 1);
    await cache.del('a');
    await cache.invalidateCacheByTag('t');
    await cache.invalidateCacheByPattern('a:*');
    await cache.clear();
    expect(counted()).toEqual({
      'set recorded': 1,
      'del recorded': 1,
      'invalidate recorded': 2,
      'clear recorded': 1,
    });
    expect(await cache.getCacheMetrics()).toMatchObject({
      totalRequests: 5,
      successfulRequests: 5,
    });
  });

  it('counts each key of a batch, and the batch as one request', async () => {
    await cache.batchSet([
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
    ]);
    expect(await cache.batchGet(['a', 'b', 'c', 'a'])).toEqual([1, 2, null, 1]);
    await cache.cacheMany(['a', 'x', 'y'], (keys) => keys.map(() => 0));
    await cache.batchDelete(['a', 'b']);
    expect(counted()).toEqual({
      'set recorded': 2,
      'get hit l1': 3,
      'get miss': 1,
      'read hit l1': 1,
      'read miss': 2,
      'del recorded': 2,
    });
    expect(await cache.getCacheMetrics()).toMatchObject({ totalRequests: 4 });
    expect(await cache.getCacheStats()).toMatchObject({ hits: 4, misses: 3 });
  });

  it('keeps warming out of the hit rate', async () => {
    cache.registerWarmer({ name: 'all', items: () => [{ key: 'a', load: () => 1 }] });
    await cache.warm();
    await cache.settled();
    await cache.cache('a', () => 2);
    expect(counted()).toEqual({ 'warm miss': 1, 'read hit l1': 1 });
    expect(await cache.getCacheStats()).toMatchObject({ hits: 1, misses: 0 });
    expect(await cache.getCacheMetrics()).toMatchObject({ totalRequests: 1 });
  });

  it('counts hits of healthcare data by kind, whatever is registered', async () => {
    const keys = cache.getKeyFactory();
    const all = [
      keys.patient('7', '1'),
      keys.appointment('3'),
      keys.doctorSchedule('9', '2026-01-01'),
      'users:1',
    ];
    for (const key of all) await cache.cache(key, () => 1);
    await cache.settled();
    for (const key of all) await cache.cache(key, () => 1);
    expect(await cache.getHealthcareCacheMetrics()).toEqual({
      patientCacheHits: 1,
      appointmentCacheHits: 1,
      doctorCacheHits: 1,
      emergencyCacheHits: 0,
      totalHits: 3,
      totalMisses: 3,
      hitRate: 0.5,
    });
  });

  it('does not count a loader that threw, nor a store that failed a read, as failed', async () => {
    const error = new Error('database');
    await expect(cache.cache('a', () => Promise.reject(error))).rejects.toBe(error);
    provider.isBroken = true;
    await expect(cache.cache('b', () => 2)).resolves.toBe(2);
    expect(await cache.getCacheMetrics()).toMatchObject({ totalRequests: 2, failedRequests: 0 });
    expect((await cache.getCacheStats()).misses).toBe(2);
  });

  it('counts what could not be recorded as failed, and health is critical when it waits too long', async () => {
    await cache.close();
    const log = new StubbornLog();
    start({ invalidationDeadlineMs: 20 }, Object.assign(provider, { journal: () => log }));
    await cache.cache('a', () => 1);
    await cache.settled();
    expect(await cache.getCacheHealthReport()).toMatchObject({ status: 'healthy', reasons: [] });

    log.isStubborn = true;
    await expect(cache.invalidateCacheByTag('t')).resolves.toMatchObject({ queued: true });
    await expect(cache.del('a')).rejects.toMatchObject({ code: 'NOT_RECORDED' });
    expect(counted()).toMatchObject({ 'invalidate queued': 1, 'del queued': 1 });
    expect(await cache.getCacheMetrics()).toMatchObject({ failedRequests: 2, errorRate: 2 / 3 });
    expect(await cache.getCacheHealth()).toMatchObject({
      status: 'warning',
      connectionStatus: true,
    });

    skewMs = 31_000;
    const { status, reasons } = await cache.getCacheHealthReport();
    expect([status, reasons[0]]).toEqual([
      'critical',
      expect.stringMatching(/waiting .* 31\.\d s/),
    ]);
    log.isStubborn = false;
  });

  it('counts a read as a bypass while the cache is switched off', async () => {
    await cache.close();
    start({ enabled: false });
    await cache.cache('a', () => 1);
    expect(counted()).toEqual({ 'read bypass': 1 });
    expect(await cache.getCacheHealth()).toMatchObject({ status: 'healthy', hitRate: 0 });
  });

  it('follows the settings at run time, without a start', async () => {
    await cache.cache('a', () => 1);
    await cache.configure({ values: { metrics: false } });
    await cache.cache('b', () => 1);
    expect(await cache.getCacheStats()).toMatchObject({ hits: 0, misses: 1 });
    await cache.configure({ values: { metrics: true } });
    await cache.cache('c', () => 1);
    expect(await cache.getCacheStats()).toMatchObject({ hits: 0, misses: 2 });
  });

  it('changes neither values nor errors', async () => {
    const value = { at: new Date(0), list: [1n, null] };
    expect(await cache.cache('a', () => value)).toEqual(value);
    await cache.settled();
    expect(await cache.cache<unknown>('a', () => 'not loaded')).toEqual(value);
    await expect(cache.get('')).rejects.toMatchObject({ code: 'KEY_INVALID' });
  });

  it('serves one cache', () => {
    const again = (): unknown => new CacheService(provider, { plugins: [plugin] });
    expect(again).toThrow(/make others for this one/);
  });

  it('is the only one that measures', () => {
    const two = [
      metricsPlugin(),
      { ...metricsPlugin(), name: 'other', middleware: [], services: [] },
    ];
    expect(() => new CacheService(provider, { plugins: two })).toThrow(
      /two of one kind: metrics of/,
    );
  });
});
