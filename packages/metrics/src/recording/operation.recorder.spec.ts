import { CacheError, type CacheOperation, type OperationResult } from '@vitalcache/core';

import { ManualMetricsClock } from '../../test/manual-metrics-clock.js';
import { MetricsCacheMiddleware } from '../metrics-cache.middleware.js';
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
  isWarming: false,
};
const OTHER: CacheOperation = { ...READ, kind: 'invalidate', strategy: null };
const BATCH: CacheOperation = { ...READ, key: null, keys: ['a', 'b', 'c'] };

describe('OperationRecorder behind its middleware', () => {
  let clock: ManualMetricsClock;
  let recorder: OperationRecorder;
  let middleware: MetricsCacheMiddleware;

  beforeEach(() => {
    clock = new ManualMetricsClock();
    recorder = new OperationRecorder(clock);
    middleware = new MetricsCacheMiddleware(recorder, () => undefined);
  });

  const run = (operation: CacheOperation, result: OperationResult): Promise<unknown> =>
    middleware.handle(operation, async () => result);
  const fail = (operation: CacheOperation, error: unknown): Promise<unknown> =>
    middleware.handle(operation, () => Promise.reject(error as Error)).catch(() => undefined);

  describe('healthcare data', () => {
    const healthcare = () => {
      const {
        patientCacheHits,
        appointmentCacheHits,
        doctorCacheHits,
        emergencyCacheHits,
        ...totals
      } = recorder.data.metrics();
      return [
        [patientCacheHits, appointmentCacheHits, doctorCacheHits, emergencyCacheHits],
        totals,
      ] as const;
    };
    const options = (of: object): CacheOperation['options'] =>
      ({ complianceLevel: 'standard', ...of }) as CacheOperation['options'];
    const hit = { outcome: 'hit', tier: 'l1' } as const;

    it('is all zeros without any', async () => {
      await run({ ...READ, template: 'users:{id}', key: 'users:7' }, hit);
      middleware.onFreshHit('unnamed', 'standard', 'products:1', clock.now());
      expect(healthcare()).toEqual([[0, 0, 0, 0], { totalHits: 0, totalMisses: 0, hitRate: 0 }]);
    });

    it('is counted once, by template, key or options', async () => {
      const named = (template: string, key: string, more = {}): CacheOperation => ({
        ...READ,
        template,
        key,
        ...more,
      });
      await run(named('patient:{id}:records', 'patient:1:records'), hit);
      await run(named('unnamed', 'medical:1:clinic:2:history'), hit);
      await run(named('unnamed', 'x', { options: options({ patientSpecific: true }) }), hit);
      const ofPatient = options({ patientSpecific: true, containsPHI: true });
      await run(named('unnamed', 'appointment:1:details', { options: ofPatient }), hit);
      await run(named('unnamed', 'x', { options: options({ doctorSpecific: true }) }), hit);
      await run(named('doctor:{id}:schedule:{date}', 'x'), hit);
      const emergency = options({ emergencyData: true, patientSpecific: true });
      await run(named('unnamed', 'patient:1:contacts', { options: emergency }), hit);
      middleware.onFreshHit('appointment:{id}:details', 'standard', 'x', clock.now());
      middleware.onFreshHit('unnamed', 'standard', 'prescriptions:1:clinic:2', clock.now());
      middleware.onFreshHit('mine', 'standard', 'labResults:1', clock.now());
      expect(healthcare()).toEqual([[5, 2, 2, 1], { totalHits: 10, totalMisses: 0, hitRate: 1 }]);
    });

    it('has its own hit rate; a bypass is neither', async () => {
      await run(READ, hit);
      await run(READ, { outcome: 'miss', tier: null });
      await run(READ, { outcome: 'joined', tier: null });
      await run(READ, { outcome: 'bypass', tier: null });
      await fail(READ, new Error('no'));
      expect(healthcare()[1]).toEqual({ totalHits: 1, totalMisses: 3, hitRate: 0.25 });
    });

    it('is told apart within a batch', async () => {
      const keys = ['doctor:1:profile', 'patient:1:profile', 'users:1'];
      const items = [hit, { outcome: 'miss', tier: null } as const, hit];
      const batch = { ...BATCH, template: 'unnamed', keys };
      await run(batch, { outcome: 'miss', tier: null, items });
      expect(healthcare()).toEqual([[0, 0, 1, 0], { totalHits: 1, totalMisses: 1, hitRate: 0.5 }]);
    });
  });

  describe('labels', () => {
    it('are as many after 100 000 random keys, tags and tenants as before', async () => {
      const series = (): number => recorder.counts.all().length + recorder.latency.all().length;
      const all = async (mark: string): Promise<void> => {
        const tenant = { tenant: mark, complianceLevel: 'standard' } as CacheOperation['options'];
        const one = { ...READ, key: `patient:${mark}`, tags: [mark], options: tenant };
        await run(one, hitOf('l1'));
        await run({ ...OTHER, key: null, tags: [mark], pattern: `${mark}:*` }, hitOf(null));
        await run({ ...BATCH, keys: [mark, `b${mark}`] }, { ...hitOf('l2'), items: [hitOf('l2')] });
        middleware.onFreshHit(READ.template, 'standard', `patient:${mark}`, clock.now());
      };
      await all('first');
      const before = series();
      for (let i = 0; i < 25_000; i++) await all(Math.random().toString(36));
      expect(series()).toBe(before);
      expect(recorder.totals().requests).toBe(100_004);
    });

    it('hold at most so many templates, and a name for all others', async () => {
      recorder = new OperationRecorder(clock, 3);
      middleware = new MetricsCacheMiddleware(recorder, () => undefined);
      for (let i = 0; i < 1_000; i++) {
        await run({ ...READ, template: `users:${i}` }, hitOf('l1'));
        middleware.onFreshHit(`doctor:${i}`, 'standard', 'x', clock.now());
      }
      await run({ ...READ, template: 'x'.repeat(200) }, hitOf('l1'));
      const templates = new Set(recorder.counts.all().map(({ template }) => template));
      expect([...templates]).toEqual(['users:0', 'doctor:0', 'users:1', 'other']);
      expect(recorder.totals().hits).toBe(2_001);
    });

    it('never hold a key, tag or pattern', async () => {
      await run(READ, hitOf('l1'));
      await fail({ ...OTHER, pattern: 'patient:4711:*' }, new CacheError('CLOSED', 'patient:4711'));
      middleware.onFreshHit('unnamed', 'standard', 'patient:4711:records', clock.now());
      const said = JSON.stringify([recorder.counts.all(), recorder.latency.all()]);
      expect(said).toContain('patient:{id}:records');
      expect(said).not.toContain('4711');
    });
  });
});

function hitOf(tier: 'l1' | 'l2' | null): OperationResult {
  return { outcome: 'hit', tier };
}
