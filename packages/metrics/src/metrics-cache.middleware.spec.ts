import { CacheError, type CacheOperation, type OperationResult } from '@vitalcache/core';

import { ManualMetricsClock } from '../test/manual-metrics-clock.js';
import { MetricsCacheMiddleware } from './metrics-cache.middleware.js';
import { hitsAndMisses } from './recording/operation-counts.js';
import { OperationRecorder } from './recording/operation.recorder.js';

const READ: CacheOperation = {
  kind: 'read',
  key: 'patient:4711:records',
  keys: [],
  tags: ['patient:4711'],
  pattern: null,
  template: 'patient:{id}:records',
  options: null,
  strategy: 'standard',
  isWarming: false,
};
const OTHER: CacheOperation = { ...READ, kind: 'invalidate', strategy: null };
const BATCH: CacheOperation = { ...READ, key: null, keys: ['a', 'b', 'c'] };

describe('MetricsCacheMiddleware', () => {
  let clock: ManualMetricsClock;
  let recorder: OperationRecorder;
  let middleware: MetricsCacheMiddleware;

  beforeEach(() => {
    clock = new ManualMetricsClock();
    recorder = new OperationRecorder(clock);
    middleware = new MetricsCacheMiddleware(recorder, () => undefined);
  });

  const run = (operation: CacheOperation, result: OperationResult, ms = 0): Promise<unknown> =>
    middleware.handle(operation, async () => {
      clock.advance(ms);
      return result;
    });
  const fail = (operation: CacheOperation, error: unknown): Promise<unknown> =>
    middleware.handle(operation, () => Promise.reject(error as Error)).catch(() => undefined);
  const hitRate = () => hitsAndMisses(recorder.counts.list());

  describe('handle', () => {
    it('passes the result on as the same object', async () => {
      const result = { outcome: 'hit', tier: 'l1', value: {} } as const;
      await expect(middleware.handle(READ, async () => result)).resolves.toBe(result);
    });

    it('passes the error on as the same object, whatever it is', async () => {
      for (const error of [new Error('no'), 'text', undefined, new CacheError('CLOSED', 'x')]) {
        const given = middleware.handle(READ, () => Promise.reject(error as Error));
        await expect(given).rejects.toBe(error);
      }
    });

    it('records every label, and the time by operation, strategy and tier', async () => {
      const sensitive = { complianceLevel: 'sensitive' } as CacheOperation['options'];
      await run(READ, { outcome: 'hit', tier: 'l1' }, 0.25);
      await run(READ, { outcome: 'hit', tier: 'l1' }, 0.5);
      await run(READ, { outcome: 'hit', tier: 'l2' }, 2);
      await run(
        { ...READ, strategy: 'phi', options: sensitive },
        { outcome: 'stale', tier: 'l2' },
        4,
      );
      await run(OTHER, { outcome: 'recorded', tier: null }, 8);
      const labels = {
        template: READ.template,
        operation: 'read',
        strategy: 'standard',
        level: 'none',
      };
      expect(recorder.counts.list()).toEqual([
        { ...labels, outcome: 'hit', tier: 'l1', count: 2 },
        { ...labels, outcome: 'hit', tier: 'l2', count: 1 },
        { ...labels, strategy: 'phi', level: 'sensitive', outcome: 'stale', tier: 'l2', count: 1 },
        {
          ...labels,
          operation: 'invalidate',
          strategy: 'none',
          outcome: 'recorded',
          tier: 'none',
          count: 1,
        },
      ]);
      expect(
        recorder.latency
          .summaries()
          .map(({ operation, strategy, tier, count, totalMs }) => [
            operation,
            strategy,
            tier,
            count,
            totalMs,
          ]),
      ).toEqual([
        ['read', 'standard', 'l1', 2, 0.75],
        ['read', 'standard', 'l2', 1, 2],
        ['read', 'phi', 'l2', 1, 4],
        ['invalidate', 'none', 'none', 1, 8],
      ]);
    });

    it('counts each outcome as hit, miss, failure or none of them', async () => {
      const table = {
        hit: { hits: 1, misses: 0, failed: 0 },
        stale: { hits: 1, misses: 0, failed: 0 },
        miss: { hits: 0, misses: 1, failed: 0 },
        joined: { hits: 0, misses: 1, failed: 0 },
        bypass: { hits: 0, misses: 0, failed: 0 },
        recorded: { hits: 0, misses: 0, failed: 0 },
        queued: { hits: 0, misses: 0, failed: 1 },
        done: { hits: 0, misses: 0, failed: 0 },
      } as const;
      for (const [outcome, expected] of Object.entries(table)) {
        recorder.reset();
        await run(READ, { outcome: outcome as keyof typeof table, tier: null });
        expect({ outcome, ...recorder.totals() }).toEqual({ outcome, requests: 1, ...expected });
      }
    });

    it('counts hits and misses of reads only', async () => {
      await run({ ...READ, kind: 'get' }, { outcome: 'miss', tier: null });
      await run({ ...READ, kind: 'update' }, { outcome: 'hit', tier: null });
      expect(hitRate()).toEqual({ hits: 0, misses: 1 });
    });

    it('does not blame the cache for a loader that threw', async () => {
      await fail(READ, new Error('the database is down'));
      await fail(READ, undefined);
      expect(recorder.totals()).toEqual({ requests: 2, failed: 0, hits: 0, misses: 2 });
      expect(recorder.counts.list()).toMatchObject([{ outcome: 'rejected', count: 2 }]);
    });

    it('takes a loader that threw in a read without cache for a bypass', async () => {
      await fail({ ...READ, options: { ttlMs: 0 } as CacheOperation['options'] }, new Error('no'));
      expect(recorder.totals()).toEqual({ requests: 1, failed: 0, hits: 0, misses: 0 });
    });

    it('blames the cache for its own errors, and for all errors where nothing is loaded', async () => {
      await fail(READ, new CacheError('STORE_UNAVAILABLE', 'gone'));
      await fail(OTHER, new CacheError('CLOSED', 'closed'));
      await fail(OTHER, new TypeError('unforeseen'));
      expect(recorder.totals()).toEqual({ requests: 3, failed: 3, hits: 0, misses: 0 });
    });

    it('counts every key of a batch for itself, and the call once', async () => {
      const items = [
        { outcome: 'hit', tier: 'l1' },
        { outcome: 'miss', tier: null },
        { outcome: 'stale', tier: 'l2' },
      ] as const;
      await run(BATCH, { outcome: 'miss', tier: null, items }, 6);
      await run({ ...BATCH, kind: 'set' }, { outcome: 'recorded', tier: null });
      await fail(BATCH, new Error('the database is down'));
      expect(recorder.totals()).toEqual({ requests: 3, failed: 0, hits: 2, misses: 4 });
      expect(recorder.latency.overall()).toMatchObject({ count: 3, totalMs: 6 });
      const sets = recorder.counts.list().filter(({ operation }) => operation === 'set');
      expect(sets).toMatchObject([{ outcome: 'recorded', count: 3 }]);
    });

    it('counts no key of an empty batch', async () => {
      await run({ ...BATCH, keys: [] }, { outcome: 'bypass', tier: null, items: [] });
      expect(recorder.counts.list()).toEqual([]);
      expect(recorder.totals().requests).toBe(1);
    });

    it('keeps warming apart: no request, no hit, no miss, no time', async () => {
      await run({ ...READ, isWarming: true }, { outcome: 'miss', tier: null }, 1_000);
      expect(recorder.totals()).toEqual({ requests: 0, failed: 0, hits: 0, misses: 0 });
      expect(recorder.latency.overall().count).toBe(0);
      expect(recorder.data.metrics().totalMisses).toBe(0);
      expect(recorder.counts.list()).toMatchObject([
        { operation: 'warm', outcome: 'miss', count: 1 },
      ]);
    });

    it('gives each of several overlapping operations its own time', async () => {
      const ends: (() => void)[] = [];
      const begin = (tier: 'l1' | 'l2' | null): Promise<OperationResult> =>
        middleware.handle(
          READ,
          () => new Promise((resolve) => ends.push(() => resolve({ outcome: 'hit', tier }))),
        );
      const first = begin(null);
      clock.advance(10);
      const second = begin('l2');
      clock.advance(5);
      const third = begin('l1');
      clock.advance(1);
      ends[1]?.();
      await second;
      clock.advance(100);
      ends[0]?.();
      await first;
      clock.advance(1);
      ends[2]?.();
      await third;
      const times = recorder.latency.summaries().map(({ tier, totalMs }) => [tier, totalMs]);
      expect(Object.fromEntries(times)).toEqual({ l1: 102, none: 116, l2: 6 });
    });

    it('leaves out what is off, and does not even wrap it', async () => {
      recorder.isCounting = false;
      const pending = Promise.resolve({ outcome: 'hit', tier: null } as const);
      expect(middleware.handle(READ, () => pending)).toBe(pending);
      middleware.onFreshHit('unnamed', 'standard', 'a', clock.now());
      expect(recorder.totals().requests).toBe(0);
    });
  });

  describe('onSharedHit', () => {
    it('counts a hit of the shared tier as handle does, with the time that it took', async () => {
      for (const ms of [2, 2, 4]) middleware.onSharedHit('users:{id}', 'swr', 'users:7', ms);
      middleware.onSharedHit('users:{id}', 'standard', 'users:7', 1);
      const told = [recorder.counts.list(), recorder.totals(), recorder.latency.summaries()];
      expect(recorder.counts.list()).toMatchObject([
        { strategy: 'swr', tier: 'l2', outcome: 'hit', template: 'users:{id}', count: 3 },
        { strategy: 'standard', tier: 'l2', outcome: 'hit', template: 'users:{id}', count: 1 },
      ]);
      expect(recorder.totals()).toEqual({ requests: 4, failed: 0, hits: 4, misses: 0 });
      expect(recorder.latency.summaries()).toMatchObject([
        { strategy: 'swr', tier: 'l2', count: 3 },
        { strategy: 'standard', tier: 'l2', count: 1 },
      ]);
      recorder.isCounting = false;
      middleware.onSharedHit('users:{id}', 'swr', 'users:7', 1);
      expect([recorder.counts.list(), recorder.totals(), recorder.latency.summaries()]).toEqual(
        told,
      );
    });
  });

  it('adds what a read took before it came here', async () => {
    const run = async (more: Partial<CacheOperation>) =>
      middleware.handle({ ...READ, ...more }, () =>
        Promise.resolve({ outcome: 'miss', tier: null }),
      );
    await run({ lookedForMs: 40 });
    expect(recorder.latency.summaries()[0]?.p99Ms).toBeGreaterThanOrEqual(40);
  });

  describe('onFreshHit', () => {
    it('counts a hit of the own tier that took no time', () => {
      middleware.onFreshHit('users:{id}', 'swr', 'users:7', clock.now());
      middleware.onFreshHit('users:{id}', 'swr', 'users:8', clock.now());
      middleware.onFreshHit('unnamed', 'swr', 'x', clock.now());
      const labels = {
        operation: 'read',
        strategy: 'swr',
        level: 'standard',
        outcome: 'hit',
        tier: 'l1',
      };
      expect(recorder.counts.list()).toEqual([
        { ...labels, template: 'users:{id}', count: 2 },
        { ...labels, template: 'unnamed', count: 1 },
      ]);
      expect(recorder.latency.summaries()).toMatchObject([{ tier: 'l1', count: 3, p99Ms: 0 }]);
      expect(recorder.totals()).toEqual({ requests: 3, failed: 0, hits: 3, misses: 0 });
      expect(recorder.rate.perSecond(clock.now())).toBe(3);
    });
  });
});
