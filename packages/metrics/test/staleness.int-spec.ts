import { CacheService, type CacheConfig, type ICacheProvider } from '@vitalcache/core';
import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';
import { ChaosProvider, describeWithRedis, startProxy } from '@vitalcache/testing';

import { metricsPlugin } from '../src/metrics.plugin.js';
import { StalenessProbe } from '../src/staleness/staleness.probe.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describeWithRedis('StalenessProbe on a Redis', (store) => {
  const open: CacheService[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((cache) => cache.close()));
  });
  const redis = (url: string) => new RedisCacheProvider(new RedisService({ url }));
  const start = async (
    provider: ICacheProvider,
    config: CacheConfig = {},
  ): Promise<CacheService> => {
    const namespace = `${store().prefix}-staleness`;
    const cache = new CacheService(provider, { namespace, ...config }) as CacheService;
    open.push(cache);
    await cache.start();
    return cache;
  };

  it('finds nothing stale of all that another process invalidates', async () => {
    const probe = new StalenessProbe({ maxProbesPerSecond: 0.001, maxLateMs: 1_000 });
    const writer = await start(redis(store().url));
    const reader = await start(redis(store().url), {
      plugins: [metricsPlugin({ staleness: probe })],
    });
    const read = (key: string) => reader.cache(key, () => 1, { ttl: 600, tags: ['all'] });
    for (let turn = 0; turn < 600; turn++) {
      const key = `users:${turn % 20}`;
      await Promise.all([read(key), read(key), probe.probeOnce()]);
      if (turn % 5 === 0) await writer.invalidateCache(key);
      if (turn % 50 === 0) await writer.invalidateCacheByTag('all');
    }
    const { probes } = probe.report();
    expect(probes.fresh).toBeGreaterThan(200);
    expect(probes).toMatchObject({ stale: 0, unknown: 0 });
  }, 60_000);

  it('sees what a process serves that hears no news, by the records of the store', async () => {
    const probe = new StalenessProbe({ maxProbesPerSecond: 0.001, maxLateMs: 100 });
    const writer = await start(redis(store().url));
    const deaf = new ChaosProvider(redis(store().url));
    const reader = await start(deaf, { plugins: [metricsPlugin({ staleness: probe })] });
    const read = () => reader.cache('deaf:7', () => 'v1', { ttl: 600, tags: ['all'] });
    await read();
    deaf.fault('poll', { kind: 'hang' });
    await pause(500); // the poll that was under way
    await writer.invalidateCacheByTag('all');
    await pause(150);
    expect(await read()).toBe('v1');
    await probe.probeOnce();
    expect(probe.report()).toMatchObject({ probes: { stale: 1, fresh: 0 }, stalePerMillion: 1e6 });
    expect(probe.report().maxCoveredMs).toBeGreaterThan(100);
  });

  it('calls nothing fresh while the store does not answer', async () => {
    const proxy = await startProxy({ port: Number(new URL(store().url).port) });
    try {
      const probe = new StalenessProbe({ maxProbesPerSecond: 0.001 });
      const plugins = [metricsPlugin({ staleness: probe })];
      const cache = await start(redis(`redis://127.0.0.1:${proxy.port}`), { plugins });
      const read = () => cache.cache('stalled:7', () => 'v1', { ttl: 600 });
      await read();
      await cache.settled();
      proxy.stall({ new: true });
      expect(await read()).toBe('v1');
      await probe.probeOnce();
      expect(probe.report().probes).toMatchObject({ fresh: 0, unknown: 1 });
    } finally {
      await proxy.heal();
      await proxy.close();
    }
  });
});
