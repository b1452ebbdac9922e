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

import { CacheMetricsService } from '../src/index.js';

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

describe('CacheMetricsService with a CacheService', () => {
  let skewMs: number;
  let provider: MapProvider;
  let metrics: CacheMetricsService;
  let cache: CacheService;

  function start(
    config: CacheConfig<CacheKeyFactory> = {},
    store: ICacheProvider = provider,
  ): void {
    metrics = new CacheMetricsService();
    const clock = { now: () => Date.now() + skewMs, sleep: systemClock.sleep };
    cache = new CacheService(store, { clock, ...config, middleware: [metrics.middleware] });
    metrics.attach(cache);
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
      metrics
        .operations()
        .map(({ kind, outcome, tier, count }) => [
          [kind, outcome, tier].filter(Boolean).join(' '),
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
    expect(metrics.stats()).toMatchObject({ hits: 2, misses: 4, hitRate: 2 / 6 });
    expect(metrics.operations()[0]).toMatchObject({ kind: 'read', strategy: 'standard' });
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
    expect(metrics.stats()).toMatchObject({ hits: 1, misses: 1 });
    expect(await metrics.performance()).toMatchObject({ totalRequests: 3, failedRequests: 0 });
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
    expect(await metrics.performance()).toMatchObject({ totalRequests: 5, successfulRequests: 5 });
  });

  it('does not count a loader that threw, nor a store that failed a read, as failed', async () => {
    const error = new Error('database');
    await expect(cache.cache('a', () => Promise.reject(error))).rejects.toBe(error);
    provider.isBroken = true;
    await expect(cache.cache('b', () => 2)).resolves.toBe(2);
    expect(await metrics.performance()).toMatchObject({ totalRequests: 2, failedRequests: 0 });
    expect(metrics.stats().misses).toBe(2);
  });

  it('counts what could not be recorded as failed, and is critical when it waits too long', async () => {
    await cache.close();
    const log = new StubbornLog();
    start({ invalidationDeadlineMs: 20 }, Object.assign(provider, { journal: () => log }));
    await cache.cache('a', () => 1);
    await cache.settled();
    expect(await metrics.healthReport()).toMatchObject({ status: 'healthy', reasons: [] });

    log.isStubborn = true;
    await expect(cache.invalidateCacheByTag('t')).resolves.toMatchObject({ queued: true });
    await expect(cache.del('a')).rejects.toMatchObject({ code: 'NOT_RECORDED' });
    expect(counted()).toMatchObject({ 'invalidate queued': 1, 'del queued': 1 });
    expect(await metrics.performance()).toMatchObject({ failedRequests: 2, errorRate: 2 / 3 });
    expect(await metrics.health()).toMatchObject({ status: 'warning', connectionStatus: true });

    skewMs = 31_000;
    const { status, reasons } = await metrics.healthReport();
    expect([status, reasons[0]]).toEqual([
      'critical',
      expect.stringMatching(/waiting .* 31\.\d s/),
    ]);
    log.isStubborn = false;
  });

  it('is critical when the store says that it is away', async () => {
    await cache.close();
    const away = {
      connected: false,
      memoryBytes: null,
      maxBytes: null,
      pool: { busy: 0, open: 0 },
    };
    start({}, Object.assign(provider, { status: async () => away }));
    expect(await metrics.health()).toMatchObject({
      status: 'critical',
      connectionStatus: false,
      memoryUsage: 0,
    });
  });

  it('counts a read as a bypass while the cache is switched off', async () => {
    await cache.close();
    start({ enabled: false });
    await cache.cache('a', () => 1);
    expect(metrics.operations()).toMatchObject([{ kind: 'read', outcome: 'bypass', count: 1 }]);
    expect(await metrics.health()).toMatchObject({ status: 'healthy' });
  });

  it('changes neither values nor errors', async () => {
    const value = { at: new Date(0), list: [1n, null] };
    expect(await cache.cache('a', () => value)).toEqual(value);
    await cache.settled();
    expect(await cache.cache<unknown>('a', () => 'not loaded')).toEqual(value);
    await expect(cache.get('')).rejects.toMatchObject({ code: 'KEY_INVALID' });
  });
});
