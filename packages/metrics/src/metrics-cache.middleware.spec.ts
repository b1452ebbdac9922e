import { CacheError, type CacheOperation, type OperationResult } from '@vitalcache/core';

import { ManualMetricsClock } from '../test/manual-metrics-clock.js';
import { MetricsCacheMiddleware } from './metrics-cache.middleware.js';
import { OperationRecorder } from './operation.recorder.js';

const READ: CacheOperation = {
  kind: 'read',
  key: 'patient:4711:records',
  keys: [],
  tags: ['patient:4711'],
  pattern: null,
  template: 'patient:{id}:records',
  options: null,
  strategy: 'standard',
};
const OTHER: CacheOperation = { ...READ, kind: 'invalidate', strategy: null };

describe('MetricsCacheMiddleware', () => {
  let clock: ManualMetricsClock;
  let recorder: OperationRecorder;
  let middleware: MetricsCacheMiddleware;

  beforeEach(() => {
    clock = new ManualMetricsClock();
    recorder = new OperationRecorder(clock);
    middleware = new MetricsCacheMiddleware(recorder);
  });

  const run = (operation: CacheOperation, result: OperationResult, ms = 0): Promise<unknown> =>
    middleware.handle(operation, async () => {
      clock.advance(ms);
      return result;
    });
  const fail = (operation: CacheOperation, error: unknown): Promise<unknown> =>
    middleware.handle(operation, () => Promise.reject(error as Error)).catch(() => undefined);

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

    it('records kind, outcome, tier, strategy and time', async () => {
      await run(READ, { outcome: 'hit', tier: 'l1' }, 0.25);
      await run(READ, { outcome: 'hit', tier: 'l1' }, 0.5);
      await run(READ, { outcome: 'hit', tier: 'l2' }, 2);
      await run({ ...READ, strategy: 'swr' }, { outcome: 'stale', tier: 'l2' }, 4);
      await run(OTHER, { outcome: 'recorded', tier: null }, 8);
      const read = { kind: 'read', strategy: 'standard' };
      expect(recorder.list()).toEqual([
        { ...read, outcome: 'hit', tier: 'l1', count: 2, totalMs: 0.75 },
        { ...read, outcome: 'hit', tier: 'l2', count: 1, totalMs: 2 },
        { kind: 'read', strategy: 'swr', outcome: 'stale', tier: 'l2', count: 1, totalMs: 4 },
        {
          kind: 'invalidate',
          strategy: null,
          outcome: 'recorded',
          tier: null,
          count: 1,
          totalMs: 8,
        },
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
      } as const;
      for (const [outcome, expected] of Object.entries(table)) {
        recorder.reset();
        await run(READ, { outcome: outcome as keyof typeof table, tier: null });
        expect({ outcome, ...recorder.totals() }).toMatchObject({
          outcome,
          requests: 1,
          ...expected,
        });
      }
    });

    it('does not blame the cache for a loader that threw', async () => {
      await fail(READ, new Error('the database is down'));
      await fail(READ, undefined);
      expect(recorder.totals()).toMatchObject({ requests: 2, failed: 0, hits: 0, misses: 2 });
      expect(recorder.list()).toMatchObject([{ outcome: 'rejected', count: 2 }]);
    });

    it('takes a loader that threw in a read without cache for a bypass', async () => {
      await fail({ ...READ, options: { ttlMs: 0 } as CacheOperation['options'] }, new Error('no'));
      expect(recorder.totals()).toMatchObject({ requests: 1, failed: 0, hits: 0, misses: 0 });
    });

    it('blames the cache for its own errors, and for all errors where nothing is loaded', async () => {
      await fail(READ, new CacheError('STORE_UNAVAILABLE', 'gone'));
      await fail(OTHER, new CacheError('CLOSED', 'closed'));
      await fail(OTHER, new TypeError('unforeseen'));
      expect(recorder.totals()).toMatchObject({ requests: 3, failed: 3, hits: 0, misses: 0 });
    });

    it('gives each of several overlapping operations its own time', async () => {
      const ends: (() => void)[] = [];
      const begin = (outcome: 'miss' | 'joined' | 'hit'): Promise<OperationResult> =>
        middleware.handle(
          READ,
          () => new Promise((resolve) => ends.push(() => resolve({ outcome, tier: null }))),
        );
      const first = begin('miss');
      clock.advance(10);
      const second = begin('joined');
      clock.advance(5);
      const third = begin('hit');
      clock.advance(1);
      ends[1]?.();
      await second;
      clock.advance(100);
      ends[0]?.();
      await first;
      clock.advance(1);
      ends[2]?.();
      await third;
      const times = recorder.list().map(({ outcome, totalMs }) => [outcome, totalMs]);
      expect(Object.fromEntries(times)).toEqual({ hit: 102, miss: 116, joined: 6 });
    });

    it('never looks at keys, tags, patterns or templates', async () => {
      const seen = new Set<string | symbol>();
      const operation = new Proxy(READ, {
        get: (target, name, receiver): unknown => {
          seen.add(name);
          return Reflect.get(target, name, receiver);
        },
      });
      await run(operation, { outcome: 'hit', tier: 'l1' });
      await fail(operation, new Error('no'));
      await fail(operation, new CacheError('CLOSED', 'closed'));
      expect([...seen].sort()).toEqual(['kind', 'options', 'strategy']);
    });
  });
});
