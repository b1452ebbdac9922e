import {
  CacheError,
  type CacheOperation,
  type CacheStatus,
  type OperationOutcome,
  type OperationResult,
  type SettingChanged,
} from '@vitalcache/core';

import { measuredCache, statusWith } from '../test/cache-status.js';
import { ManualMetricsClock } from '../test/manual-metrics-clock.js';
import { CacheMetricsService } from './cache-metrics.service.js';

const READ: CacheOperation = {
  kind: 'read',
  key: 'a',
  keys: [],
  tags: [],
  pattern: null,
  template: 'unnamed',
  options: null,
  strategy: 'standard',
  isWarming: false,
};

describe('CacheMetricsService', () => {
  let clock: ManualMetricsClock;
  let metrics: CacheMetricsService;
  let status: CacheStatus;

  beforeEach(async () => {
    clock = new ManualMetricsClock();
    metrics = new CacheMetricsService({ clock, instance: 'one' });
    status = await statusWith();
    metrics.attach(measuredCache(() => status));
  });

  async function pass(outcome: OperationOutcome, times = 1, ms = 0): Promise<void> {
    for (let done = 0; done < times; done++) {
      await metrics.middleware.handle(READ, async () => {
        clock.advance(ms);
        return { outcome, tier: null };
      });
    }
  }

  const setting = (name: 'metrics' | 'performanceMonitoring', value: boolean): void =>
    metrics.middleware.settingChanged({ name, new: value } as SettingChanged);

  describe('constructor', () => {
    it('names the process by itself unless told', () => {
      expect(metrics.instance).toBe('one');
      expect(new CacheMetricsService().instance).toMatch(new RegExp(`.:${process.pid}$`));
    });

    it.each([0, 1.5, 10_001, NaN])('refuses %p templates', (maxTemplates) => {
      const create = (): unknown => new CacheMetricsService({ maxTemplates });
      expect(create).toThrow(/maxTemplates is .*; accepted: a whole number from 1 to 10000/);
      expect(create).toThrow(CacheError);
    });
  });

  describe('attach', () => {
    it('refuses a second cache', () => {
      const cache = measuredCache(() => status);
      const own = new CacheMetricsService();
      own.attach(cache);
      own.attach(cache);
      expect(() => own.attach({ ...cache })).toThrow(/make others/);
    });

    it('is needed for what only the cache can tell', async () => {
      const alone = new CacheMetricsService({ clock });
      const error = { code: 'CONFIG_INVALID', message: expect.stringMatching(/metricsPlugin/) };
      await expect(alone.performance()).rejects.toMatchObject(error);
      await expect(alone.health()).rejects.toMatchObject(error);
      await expect(alone.read()).rejects.toMatchObject(error);
      expect(alone.stats()).toMatchObject({ hits: 0 });
    });

    it('takes the settings as they are by then', async () => {
      const own = new CacheMetricsService({ clock });
      own.attach(measuredCache(() => status, { metrics: false }));
      await own.middleware.handle(READ, async () => ({ outcome: 'hit', tier: null }));
      own.middleware.onFreshHit('unnamed', 'standard', 'a', clock.now());
      expect(own.stats()).toMatchObject({ hits: 0, misses: 0 });
    });
  });

  describe('with no request so far', () => {
    it('has zeros where nothing can be divided', async () => {
      status = await statusWith({ store: { pool: { busy: 0, open: 0 }, connected: false } });
      expect(metrics.stats()).toEqual({
        hits: 0,
        misses: 0,
        hitRate: 0,
        timestamp: '2026-01-01T00:00:00.000Z',
      });
      expect(await metrics.performance()).toMatchObject({
        totalRequests: 0,
        averageResponseTime: 0,
        p95ResponseTime: 0,
        p99ResponseTime: 0,
        cacheHitRate: 0,
        connectionPoolUtilization: 0,
        throughput: 0,
        errorRate: 0,
      });
    });
  });

  describe('performance', () => {
    it('has every field of the requirements and no other, in their units', async () => {
      await pass('hit', 90, 1);
      await pass('miss', 8, 100);
      await pass('queued', 2, 1_000);
      clock.advance(7_110); // 90 + 800 + 2000 ms passed before
      expect(await metrics.performance()).toEqual({
        totalRequests: 100,
        successfulRequests: 98,
        failedRequests: 2,
        averageResponseTime: 28.9,
        p95ResponseTime: expect.closeTo(100, 0) as number,
        p99ResponseTime: expect.closeTo(1_003, -1) as number,
        cacheHitRate: 90 / 98,
        memoryUsage: 400,
        connectionPoolUtilization: 0.25,
        throughput: 10,
        errorRate: 0.02,
        timestamp: new Date(clock.now()),
      });
    });

    it('counts since start, but measures the throughput of the last minute', async () => {
      await pass('hit', 600);
      clock.advance(600_000);
      await pass('hit', 6);
      const { totalRequests, throughput } = await metrics.performance();
      expect([totalRequests, throughput]).toEqual([606, expect.closeTo(0.1, 1)]);
    });
  });

  describe('health', () => {
    it('is what the cache says', async () => {
      expect(await metrics.health()).toMatchObject({ status: 'warning', memoryUsage: 1 });
    });
  });

  describe('recentErrorRate', () => {
    it('forgets failures within a minute', async () => {
      await pass('hit', 9);
      await pass('queued', 1);
      expect(metrics.recentErrorRate()).toBe(0.1);
      clock.advance(60_000);
      expect(metrics.recentErrorRate()).toBe(0);
      expect((await metrics.performance()).errorRate).toBe(0.1);
    });
  });

  describe('settings', () => {
    it('records nothing while metrics are off, and goes on where it was', async () => {
      await pass('hit', 2, 5);
      setting('metrics', false);
      await pass('hit', 100, 50);
      metrics.middleware.onFreshHit('unnamed', 'standard', 'patient:1:profile', clock.now());
      expect(metrics.stats()).toMatchObject({ hits: 2 });
      expect(metrics.healthcare().totalHits).toBe(0);
      setting('metrics', true);
      await pass('miss', 1, 5);
      expect(metrics.stats()).toMatchObject({ hits: 2, misses: 1 });
      expect(await metrics.performance()).toMatchObject({
        totalRequests: 3,
        averageResponseTime: 5,
      });
    });

    it('records nothing of an operation that ends after metrics were switched off', async () => {
      await metrics.middleware.handle(READ, async () => {
        setting('metrics', false);
        return { outcome: 'hit', tier: null };
      });
      expect(metrics.totals()).toEqual({ requests: 0, failed: 0, hits: 0, misses: 0 });
    });

    it('asks no clock of what is timed while performance monitoring is off, but counts', async () => {
      setting('performanceMonitoring', false);
      const monotonic = jest.spyOn(clock, 'monotonic');
      await pass('hit', 3, 50);
      metrics.middleware.onFreshHit('unnamed', 'standard', 'a', clock.now());
      expect(monotonic).not.toHaveBeenCalled();
      expect(metrics.stats()).toMatchObject({ hits: 4 });
      expect(metrics.latencies()).toEqual([]);
      expect(await metrics.performance()).toMatchObject({ totalRequests: 4, p99ResponseTime: 0 });
    });

    it('does not time half an operation', async () => {
      await metrics.middleware.handle(READ, async () => {
        setting('performanceMonitoring', false);
        return { outcome: 'hit', tier: null };
      });
      setting('performanceMonitoring', true);
      expect(metrics.latencies()).toEqual([]);
    });

    it('lets monitors run only while both are on, each once', async () => {
      const calls: string[] = [];
      const monitor = {
        start: () => void calls.push('start'),
        stop: async () => void calls.push('stop'),
      };
      const own = new CacheMetricsService({ clock, monitors: [monitor] });
      own.attach(measuredCache(() => status));
      expect(calls).toEqual([]);
      own.start();
      own.start();
      const change = (name: string, value: boolean): void =>
        own.middleware.settingChanged({ name, new: value } as SettingChanged);
      change('performanceMonitoring', false);
      change('metrics', false);
      change('performanceMonitoring', true);
      expect(calls).toEqual(['start', 'stop']);
      change('metrics', true);
      await own.close();
      await own.close();
      expect(calls).toEqual(['start', 'stop', 'start', 'stop']);
    });
  });

  describe('reset', () => {
    it('counts from 0 again, operations under way included', async () => {
      await pass('hit', 5, 10);
      let end = (): void => undefined;
      const underWay = metrics.middleware.handle(
        READ,
        () =>
          new Promise<OperationResult>((resolve) => {
            end = () => resolve({ outcome: 'miss', tier: null });
          }),
      );
      metrics.reset();
      expect(metrics.operations()).toEqual([]);
      clock.advance(20);
      end();
      await underWay;
      expect(metrics.stats()).toMatchObject({ hits: 0, misses: 1 });
      expect(await metrics.performance()).toMatchObject({
        totalRequests: 1,
        averageResponseTime: 20,
        throughput: 1,
      });
    });

    it('leaves what exporters read as it was: their counters never go down', async () => {
      await pass('hit', 5, 10);
      const count = async (): Promise<number | undefined> =>
        (await metrics.read()).samples('operations')[0]?.value;
      const spread = async () => (await metrics.read()).distributions('operation.duration')[0];
      expect(await count()).toBe(5);
      metrics.reset();
      expect(await count()).toBe(5);
      await pass('hit', 1, 10);
      expect(await count()).toBe(6);
      expect((await spread())?.cumulative.at(-1)).toBe(6);
      expect((await spread())?.sum).toBeCloseTo(0.06);
    });
  });

  describe('read', () => {
    it('asks once for all who ask at the same time', async () => {
      let asked = 0;
      const own = new CacheMetricsService();
      const cache = measuredCache(() => status);
      own.attach({ ...cache, status: async () => (asked++, status) });
      const [first, second] = await Promise.all([own.read(), own.read()]);
      expect(second).toBe(first);
      expect(asked).toBe(1);
      expect(await own.read()).not.toBe(first);
    });

    it('holds what other sources add', async () => {
      const own = new CacheMetricsService({
        sources: [{ collect: (reading) => reading.add('seal.failures', 9) }],
      });
      own.attach(measuredCache(() => status));
      expect((await own.read()).samples('seal.failures').map(({ value }) => value)).toEqual([0, 9]);
    });
  });
});
