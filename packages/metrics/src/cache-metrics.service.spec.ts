import {
  CacheError,
  type CacheOperation,
  type OperationOutcome,
  type OperationResult,
} from '@vitalcache/core';

import { statusWith } from '../test/cache-status.js';
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
};

describe('CacheMetricsService', () => {
  let clock: ManualMetricsClock;
  let metrics: CacheMetricsService;
  let status: ReturnType<typeof statusWith>;

  beforeEach(() => {
    clock = new ManualMetricsClock();
    metrics = new CacheMetricsService({ clock, instance: 'one' });
    status = statusWith();
    metrics.attach({ status: async () => status });
  });

  async function pass(outcome: OperationOutcome, times = 1, ms = 0): Promise<void> {
    for (let done = 0; done < times; done++) {
      await metrics.middleware.handle(READ, async () => {
        clock.advance(ms);
        return { outcome, tier: null };
      });
    }
  }

  describe('constructor', () => {
    it('names the process by itself unless told', () => {
      expect(metrics.instance).toBe('one');
      expect(new CacheMetricsService().instance).toMatch(new RegExp(`.:${process.pid}$`));
    });

    it('refuses limits that can not be', () => {
      const create = (): unknown => new CacheMetricsService({ limits: { maxMemoryRatio: 80 } });
      expect(create).toThrow(CacheError);
    });
  });

  describe('attach', () => {
    it('refuses a second cache', () => {
      const cache = { status: async () => status };
      const own = new CacheMetricsService();
      own.attach(cache);
      own.attach(cache);
      expect(() => own.attach({ ...cache })).toThrow(/make others/);
    });

    it('is needed for what only the cache can tell', async () => {
      const alone = new CacheMetricsService({ clock });
      const error = { code: 'CONFIG_INVALID', message: expect.stringMatching(/attach/) as unknown };
      await expect(alone.performance()).rejects.toMatchObject(error);
      await expect(alone.health()).rejects.toMatchObject(error);
      expect(alone.stats()).toMatchObject({ hits: 0 });
    });
  });

  describe('with no request so far', () => {
    it('has zeros where nothing can be divided', async () => {
      status = statusWith({ store: { pool: { busy: 0, open: 0 }, connected: false } });
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
        p99ResponseTime: expect.closeTo(1_000, -1) as number,
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
    it('shows the five fields and nothing else', async () => {
      status = statusWith({ store: { connected: false } });
      await pass('stale', 3);
      await pass('miss', 1);
      expect(await metrics.health()).toEqual({
        status: 'critical',
        memoryUsage: 400,
        hitRate: 0.75,
        connectionStatus: false,
        lastHealthCheck: new Date(clock.now()),
      });
    });

    it('is no longer worried a minute after the last failure', async () => {
      await pass('hit', 9);
      await pass('queued', 1);
      expect((await metrics.health()).status).toBe('warning');
      clock.advance(60_000);
      expect((await metrics.health()).status).toBe('healthy');
      expect((await metrics.performance()).errorRate).toBe(0.1);
    });
  });

  describe('healthReport', () => {
    it('is the health and its reasons', async () => {
      status = statusWith({ journal: { queuedForMs: 45_000 } });
      const { reasons, ...health } = await metrics.healthReport();
      expect(reasons).toEqual([
        'An invalidation has been waiting for the store for 45.0 s (limit: 30.0 s).',
      ]);
      expect(health).toEqual(await metrics.health());
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
  });
});
