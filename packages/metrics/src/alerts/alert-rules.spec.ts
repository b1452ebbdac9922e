import { CacheError } from '@vitalcache/core';

import { statusWith, type StatusChanges } from '../../test/cache-status.js';
import { alertRules, type AlertThresholds } from './alert-rules.js';
import type { AlertSignals } from './alert.js';

const NOTHING = { elapsedMs: 10_000, hits: 0, misses: 0, requests: 0, failed: 0, sealFailures: 0 };

describe('alertRules', () => {
  const named = (name: string, thresholds: Partial<AlertThresholds> = {}) => {
    const rule = alertRules(thresholds).find((one) => one.name === name);
    if (!rule) throw new Error(`no rule ${name}`);
    return rule;
  };
  const signals = async (
    status: StatusChanges,
    counts: Partial<AlertSignals> = {},
  ): Promise<AlertSignals> => ({ ...NOTHING, status: await statusWith(status), ...counts });

  it.each<[string, StatusChanges, Partial<AlertSignals>, number | null, boolean]>([
    ['hit-rate', {}, { hits: 40, misses: 60 }, 0.4, true],
    ['hit-rate', {}, { hits: 50, misses: 50 }, 0.5, false],
    ['hit-rate', {}, { hits: 0, misses: 99 }, null, false],
    ['error-rate', {}, { requests: 100, failed: 6 }, 0.06, true],
    ['error-rate', {}, { requests: 100, failed: 5 }, 0.05, false],
    ['error-rate', {}, {}, null, false],
    ['lag', { journal: { lagMs: 1_001 } }, {}, 1_001, true],
    ['lag', { journal: { lagMs: 1_000 } }, {}, 1_000, false],
    ['blind', { journal: { isBlind: true } }, {}, 1, true],
    ['blind', { journal: { isBlind: true }, enabled: false }, {}, 0, false],
    ['breaker', { breaker: 'open' }, {}, 1, true],
    ['breaker', { breaker: 'half-open' }, {}, 0, false],
    ['seal-failures', {}, { sealFailures: 1 }, 1, true],
    ['seal-failures', {}, {}, 0, false],
  ])('%s of %j %j is %p: %p', async (name, status, counts, value, isOut) => {
    const rule = named(name);
    const measured = rule.measure(await signals(status, counts));
    expect(measured).toBe(value);
    const fires =
      rule.fires === 'above' ? (measured ?? 0) > rule.limit : (measured ?? 1) < rule.limit;
    expect(fires).toBe(isOut);
  });

  it('clear further in than they fire', () => {
    for (const { fires, limit, clearsAt } of alertRules()) {
      if (fires === 'above') expect(clearsAt).toBeLessThanOrEqual(limit);
      else expect(clearsAt).toBeGreaterThan(limit);
    }
  });

  it('take thresholds, also for how long a state may last', () => {
    expect(named('lag', { maxLagMs: 5_000 })).toMatchObject({ limit: 5_000, clearsAt: 2_500 });
    expect(named('blind', { maxBlindMs: 20_000 })).toMatchObject({ limit: 0, forMs: 20_000 });
    expect(named('hit-rate', { minHitRate: 0.99 }).clearsAt).toBe(1);
  });

  it('can be left out, one by one', () => {
    const names = alertRules({ minHitRate: false, maxLagMs: false }).map(({ name }) => name);
    expect(names).toEqual(['error-rate', 'blind', 'breaker', 'seal-failures']);
  });

  it('say what is wrong with the measurement in it', () => {
    expect(named('hit-rate').describe(0.123, 0.5)).toBe(
      'Only 12.3 % of the reads hit (limit: 50.0 %).',
    );
    expect(named('lag').describe(1_234.5, 1_000)).toMatch(/1235 ms behind/);
  });

  it.each([
    [{ minHitRate: 50 }, /alerts.minHitRate is 50; accepted: a share from 0 to 1/],
    [{ maxErrorRate: true as never }, /alerts.maxErrorRate is true/],
    [{ maxLagMs: -1 }, /alerts.maxLagMs is -1; accepted: a number from 0/],
    [{ minReads: false as never }, /alerts.minReads is false/],
    [{ maxLag: 1 } as never, /alerts has no maxLag; accepted: minHitRate, /],
  ])('refuse %j', (thresholds, message) => {
    expect(() => alertRules(thresholds)).toThrow(message);
    expect(() => alertRules(thresholds)).toThrow(CacheError);
  });
});
