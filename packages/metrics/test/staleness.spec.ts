import { CacheService, onCacheEvent, type CacheConfig } from '@vitalcache/core';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';
import { SWRCacheStrategy } from '@vitalcache/swr';
import {
  CANARY_MARKS,
  CANARY_PATIENT,
  CanarySweep,
  ChaosProvider,
  until,
  valuePlace,
} from '@vitalcache/testing';

import { metricsPlugin, type MetricsPluginOptions } from '../src/metrics.plugin.js';
import { SignalReading } from '../src/signals/signal-reading.js';
import type { StalenessProbeOptions } from '../src/staleness/probe-options.js';
import { StalenessProbe } from '../src/staleness/staleness.probe.js';

const KEY = 'users:7';
const OPTIONS = { ttl: 600, template: 'users:{id}' };
/** Probes come when a test asks for them, and otherwise hardly ever. */
const MANUAL: StalenessProbeOptions = { maxProbesPerSecond: 0.001, maxLateMs: 20, graceMs: 20 };

describe('StalenessProbe in a cache', () => {
  const open: CacheService[] = [];
  let chaos: ChaosProvider;
  let probe: StalenessProbe;

  const start = async (
    provider: ConstructorParameters<typeof CacheService>[0],
    config: CacheConfig = {},
  ): Promise<CacheService> => {
    const cache = new CacheService(provider, config) as CacheService;
    open.push(cache);
    await cache.start();
    return cache;
  };
  /** A cache with the probe. */
  const startProbed = (
    provider: ConstructorParameters<typeof CacheService>[0],
    options: MetricsPluginOptions = {},
    config: CacheConfig = {},
  ): Promise<CacheService> => {
    const plugins = [metricsPlugin({ staleness: probe, ...options })];
    return start(provider, { ...config, plugins });
  };
  const probeAll = async (): Promise<void> => {
    while (await probe.probeOnce()) continue;
  };

  beforeEach(() => {
    chaos = new ChaosProvider(new MemoryCacheProvider());
    probe = new StalenessProbe(MANUAL);
  });
  afterEach(async () => {
    chaos.heal();
    await Promise.all(open.splice(0).map((cache) => cache.close()));
  });

  it.each(['hang', 'lie'] as const)(
    'sees what a process serves whose journal is made to %s, and says so',
    async (kind) => {
      const writer = await start(chaos);
      const own = chaos.fork();
      const onAlert = jest.fn();
      const events: string[] = [];
      const unsubscribe = onCacheEvent((name, { kind: alert, outcome }) => {
        if (name === 'cache.alert') events.push(`${alert} ${outcome}`);
      });
      const reader = await startProbed(own, { alerts: { everyMs: 100, onAlert } });
      await reader.cache(KEY, () => 'v1', OPTIONS);
      await probeAll();
      expect(probe.report().stalePerMillion).toBe(0);

      own.fault('poll', { kind });
      await new Promise((resolve) => setTimeout(resolve, 450)); // the poll that was under way
      await writer.invalidateCache(KEY);
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(await reader.cache(KEY, () => 'v2', OPTIONS)).toBe('v1');
      await probeAll();
      expect(probe.report()).toMatchObject({ probes: { stale: 1, late: 0 } });
      expect(probe.report().stalePerMillion).toBe(1_000_000);
      expect(probe.report().maxCoveredMs).toBeGreaterThanOrEqual(20);

      await until('the alert', () => onAlert.mock.calls.length > 0);
      expect(onAlert).toHaveBeenCalledWith(
        expect.objectContaining({
          name: 'staleness',
          state: 'firing',
          value: 1_000_000,
          runbook: 'docs/watch.md#staleness',
        }),
      );
      expect(events).toContain('staleness firing');
      unsubscribe();
      own.heal();
    },
  );

  it('sees a value that the source no longer has, because nobody invalidated it', async () => {
    const source = new Map([[KEY, { version: 1 }]]);
    probe.register('users:{id}', (key) => source.get(key));
    const cache = await startProbed(new MemoryCacheProvider());
    const read = () => cache.cache(KEY, () => source.get(KEY), OPTIONS);
    const write = (version: number) => source.set(KEY, { version });
    await read();
    await read();
    await probeAll();
    expect(probe.report().checks).toEqual({ same: 1, outdated: 0, moved: 0, failed: 0 });

    write(2);
    await cache.invalidateCache(KEY);
    await read();
    await read();
    await probeAll();
    expect(probe.report().checks).toMatchObject({ same: 2, outdated: 0 });

    write(3);
    await read();
    await probeAll();
    expect(probe.report().checks).toMatchObject({ same: 2, outdated: 1 });
    expect(probe.report().outdatedPerMillion).toBeCloseTo(333_333, 0);
    expect(probe.alertRules[0]?.measure(undefined as never)).toBeCloseTo(333_333, 0);
  });

  it.each<[string, () => ConstructorParameters<typeof CacheService>[0][]]>([
    [
      'of this process',
      () => {
        const provider = new MemoryCacheProvider();
        return [provider, provider];
      },
    ],
    ['that is polled', () => [chaos, chaos.fork()]],
  ])(
    'says 0 of a million over thousands of probes amid writes, with a journal %s',
    async (_, providers) => {
      probe = new StalenessProbe({ ...MANUAL, maxLateMs: 2_000 });
      const [first, second] = providers() as [ChaosProvider, ChaosProvider];
      const writer = await start(first);
      const reader = await startProbed(second);
      const versions = new Map<string, number>();
      const read = (key: string) => reader.cache(key, () => versions.get(key) ?? 0, OPTIONS);
      for (let turn = 0; probe.report().probes.fresh < 2_000; turn++) {
        const key = `users:${turn % 50}`;
        if (turn % 3 === 0) {
          versions.set(key, turn);
          await writer.invalidateCache(key);
        }
        await Promise.all([read(key), read(`users:${(turn * 7) % 50}`), probe.probeOnce()]);
        await new Promise(setImmediate); // the tail gets its turn
      }
      const { probes } = probe.report();
      expect(probes.stale).toBe(0);
      expect(probes.unknown).toBe(0);
      if (first === second) expect(probe.report().stalePerMillion).toBe(0);
    },
    60_000,
  );

  it('changes nothing of what is cached, counts as no read, and starts no refresh', async () => {
    const plugin = metricsPlugin({ staleness: probe });
    const strategies = [new SWRCacheStrategy()];
    const cache = await start(chaos, { plugins: [plugin], strategies });
    await cache.cache('fresh', () => 1, { ttl: 600 });
    await cache.cache('old', () => 1, { ttl: 600, staleTime: 0.001 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (let i = 0; i < 10; i++) await cache.cache('fresh', () => 2, { ttl: 600 });
    await cache.cache('old', () => 1, { ttl: 600, staleTime: 0.001 });
    await cache.settled();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = { status: await cache.status(), calls: { ...chaos.calls } };
    const operations = plugin.service.operations();
    await probeAll();
    expect(probe.report().probes.fresh).toBeGreaterThan(5);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { l1, counts, faults } = await cache.status();
    expect({ l1, counts, faults }).toEqual({
      l1: before.status.l1,
      counts: before.status.counts,
      faults: before.status.faults,
    });
    expect(plugin.service.operations()).toEqual(operations);
    const { poll: _poll, status: _status, readBackwards, ...calls } = chaos.calls;
    expect({ ...before.calls, ...calls }).toEqual(before.calls);
    expect(readBackwards).toBeGreaterThan(before.calls.readBackwards);
  });

  it.each(['throw', 'hang'] as const)(
    'never fails a caller, nor opens a breaker, when the journal is made to %s',
    async (kind) => {
      const cache = await startProbed(chaos);
      const read = () => cache.cache(KEY, () => 'v1', OPTIONS);
      await read();
      chaos.fault('readBackwards', kind === 'hang' ? { kind } : { kind, error: new Error('down') });
      const { faults } = await cache.status();
      for (let i = 0; i < (kind === 'hang' ? 2 : 50); i++) {
        const [value] = await Promise.all([read(), probe.probeOnce()]);
        expect(value).toBe('v1');
      }
      expect(probe.report().probes.unknown).toBeGreaterThan(0);
      expect(probe.report().stalePerMillion).toBe(0);
      expect(await cache.status()).toMatchObject({ faults, breaker: 'closed' });
    },
  );

  it('follows the setting performanceMonitoring', async () => {
    probe = new StalenessProbe({ ...MANUAL, maxProbesPerSecond: 50, maxShare: 1 });
    const settings = { performanceMonitoring: false };
    const cache = await startProbed(new MemoryCacheProvider(), {}, { settings });
    const read = () => cache.cache(KEY, () => 'v1', OPTIONS);
    const probes = () => probe.report().probes.fresh;
    await read();
    await read();
    expect(await probe.probeOnce()).toBe(false);
    await cache.configure({ values: { performanceMonitoring: true } });
    await until('it probes', async () => (await read()) === 'v1' && probes() > 0);
    await cache.configure({ values: { performanceMonitoring: false } });
    await read();
    expect(await probe.probeOnce()).toBe(false);
    const before = probes();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(probes()).toBe(before);
  });

  it('says nothing of whom it looked at', async () => {
    const cache = await startProbed(new MemoryCacheProvider());
    probe.register('patients:{id}', () => CANARY_PATIENT);
    for (const mark of CANARY_MARKS) {
      const key = `patients:${encodeURIComponent(mark)}`;
      for (let i = 0; i < 2; i++) await cache.cache(key, () => ({ mark }), OPTIONS);
    }
    await probeAll();
    const reading = new SignalReading('default');
    probe.collect(reading);
    const told = [probe.report(), reading.samples('staleness.probes'), await cache.status()];
    const { findings } = await new CanarySweep().search([valuePlace('told', told)]);
    expect(findings).toEqual([]);
    expect(reading.samples('staleness.probes')).toContainEqual({
      labels: { cache: 'default', outcome: 'fresh' },
      value: CANARY_MARKS.length,
    });
    expect(reading.distributions('staleness.served.age')).toHaveLength(1);
  });

  it('is left out where it is not wanted', async () => {
    const plugin = metricsPlugin({ staleness: false });
    expect(plugin.middleware).toHaveLength(1);
    const cache = await start(new MemoryCacheProvider(), { plugins: [plugin] });
    await cache.cache(KEY, () => 'v1');
    expect((await plugin.service.read()).samples('staleness.probes')).toEqual([]);
  });
});
