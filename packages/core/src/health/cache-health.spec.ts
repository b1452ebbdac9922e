import type { PluginHealth } from '../plugin/cache-plugin.js';
import { statusWith, type StatusChanges } from '../../test/support/cache-status.js';
import { judgeHealth } from './cache-health.js';
import { resolveLimits, type HealthLimits } from './health-limits.js';
import { memoryOf } from './store-memory.js';

function judge(
  changes: StatusChanges,
  errorRate = 0,
  limits: Partial<HealthLimits> = {},
  parts: readonly PluginHealth[] = [],
) {
  const cache = statusWith(changes);
  const memory = memoryOf(cache.store);
  return judgeHealth({ cache, memory, errorRate, parts }, resolveLimits(limits));
}

describe('judgeHealth', () => {
  it('finds nothing wrong with a cache in good health', () => {
    expect(judge({})).toEqual({ status: 'healthy', reasons: [] });
  });

  it.each<[string, string, StatusChanges, number, RegExp]>([
    ['critical', 'the store is away', { store: { connected: false } }, 0, /cannot be reached/],
    ['critical', 'the journal is refused', { journal: { refusal: 'other hash' } }, 0, /other hash/],
    [
      'critical',
      'an invalidation waits',
      { journal: { queuedForMs: 30_001 } },
      0,
      /30\.0 s.*may serve/,
    ],
    ['healthy', 'one waits for a while', { journal: { queuedForMs: 30_000 } }, 0, /^$/],
    ['warning', 'the journal is blind', { journal: { isBlind: true } }, 0, /cannot be read/],
    ['healthy', 'it is blind and off', { enabled: false, journal: { isBlind: true } }, 0, /^$/],
    ['warning', 'it lags behind', { journal: { lagMs: 1_100 } }, 0, /1\.1 s behind/],
    ['healthy', 'it lags as far as may be', { journal: { lagMs: 1_000 } }, 0, /^$/],
    ['healthy', 'it lags and is off', { enabled: false, journal: { lagMs: 9_999 } }, 0, /^$/],
    ['critical', 'a store is not asked', { breaker: 'open' }, 0, /not asked now/],
    ['warning', 'a store is tried again', { breaker: 'half-open' }, 0, /tried again/],
    [
      'critical',
      'the store is away and not asked',
      { breaker: 'open', store: { connected: false } },
      0,
      /cannot be reached/,
    ],
    ['warning', 'requests fail', {}, 0.051, /5\.1 %.*5\.0 %/],
    ['healthy', 'as many fail as may', {}, 0.05, /^$/],
    ['warning', 'memory is short', { store: { memoryBytes: 801 } }, 0, /80\.1 %.*memory/],
    ['healthy', 'it is just enough', { store: { memoryBytes: 800 } }, 0, /^$/],
    [
      'healthy',
      'its bound is not known',
      { store: { memoryBytes: 9e12, maxBytes: null } },
      0,
      /^$/,
    ],
    ['healthy', 'its bound is 0', { store: { memoryBytes: 9, maxBytes: 0 } }, 0, /^$/],
    [
      'warning',
      'all connections are busy',
      { store: { pool: { busy: 10, open: 10 } } },
      0,
      /10 of 10/,
    ],
    ['healthy', 'most of them are', { store: { pool: { busy: 9, open: 10 } } }, 0, /^$/],
    ['healthy', 'the only two are', { store: { pool: { busy: 2, open: 2 } } }, 0, /^$/],
  ])('is %s when %s', (status, _when, changes, errorRate, reason) => {
    const judged = judge(changes, errorRate);
    expect(judged.status).toBe(status);
    expect(judged.reasons.join()).toMatch(reason);
    expect(judged.reasons).toHaveLength(status === 'healthy' ? 0 : 1);
  });

  it('takes the worst level and names everything, the critical first', () => {
    const judged = judge({ store: { connected: false }, journal: { isBlind: true } }, 0.5);
    expect(judged.status).toBe('critical');
    expect(judged.reasons.map((reason) => reason.slice(0, 9))).toEqual([
      'The store',
      'The journ',
      'The cache',
    ]);
  });

  it('follows the limits that were set', () => {
    const journal = { lagMs: 2_500, queuedForMs: 20 };
    expect(judge({ journal }, 0.5, { maxLagMs: 3_000, maxErrorRate: 0.5 }).status).toBe('healthy');
    expect(judge({ journal }, 0, { maxLagMs: 3_000, maxQueuedMs: 10 }).status).toBe('critical');
  });

  it('is as bad as the worst plugin, whether that says why or not', () => {
    const parts = (...statuses: PluginHealth['status'][]): PluginHealth[] =>
      statuses.map((status) => ({ status, reasons: [`${status}.`] }));
    expect(judge({}, 0, {}, parts('healthy', 'warning'))).toEqual({
      status: 'warning',
      reasons: ['warning.'],
    });
    expect(judge({ breaker: 'half-open' }, 0, {}, parts('critical'))).toEqual({
      status: 'critical',
      reasons: ['critical.', expect.stringMatching(/tried again/)],
    });
    expect(judge({}, 0, {}, [{ status: 'critical', reasons: [] }]).status).toBe('critical');
  });
});

describe('resolveLimits', () => {
  it.each([
    [{ maxErrorRate: 5 }, /healthLimits\.maxErrorRate is 5; accepted: a share from 0 to 1/],
    [{ maxLinkAgeMs: 5 }, /has no maxLinkAgeMs; accepted: maxErrorRate/],
    [{ maxQueuedMs: -1 }, /healthLimits\.maxQueuedMs is -1; accepted: milliseconds/],
    [{ maxPoolUtilization: NaN }, /healthLimits\.maxPoolUtilization is NaN/],
  ])('refuses %p', (limits, message) => {
    expect(() => resolveLimits(limits as Partial<HealthLimits>)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(message) as unknown,
      }) as Error,
    );
  });
});
