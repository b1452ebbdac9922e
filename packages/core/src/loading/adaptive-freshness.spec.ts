import fc from 'fast-check';

import { nextStaleMs } from './adaptive-freshness.js';

const bounds = { minStaleMs: 10_000, maxStaleMs: 100_000 };
const next = (previousStaleMs: number | null, isUnchanged: boolean): number =>
  nextStaleMs({ staleMs: 60_000, bounds, previousStaleMs, isUnchanged });

describe('nextStaleMs', () => {
  it('starts with what was declared, within the bounds', () => {
    expect(next(null, false)).toBe(60_000);
    expect(nextStaleMs({ staleMs: 5, bounds, previousStaleMs: null, isUnchanged: false })).toBe(
      10_000,
    );
  });

  it('grows by half while nothing changes, up to the maximum', () => {
    expect([next(20_000, true), next(30_000, true), next(90_000, true)]).toEqual([
      30_000, 45_000, 100_000,
    ]);
  });

  it('is halved by a change, down to the minimum', () => {
    expect([next(60_000, false), next(25_000, false), next(15_000, false)]).toEqual([
      30_000, 12_500, 10_000,
    ]);
  });

  it('grows from nothing', () => {
    const free = { minStaleMs: 0, maxStaleMs: 1_000 };
    let staleMs = 0;
    for (let i = 0; i < 20; i++) {
      staleMs = nextStaleMs({
        staleMs: 0,
        bounds: free,
        previousStaleMs: staleMs,
        isUnchanged: true,
      });
    }
    expect(staleMs).toBe(1_000);
  });

  it('never leaves the bounds, never shrinks without a change and never grows with one', () => {
    const ms = fc.nat(86_400_000);
    fc.assert(
      fc.property(ms, ms, ms, ms, fc.boolean(), (a, b, staleMs, previous, isUnchanged) => {
        const [minStaleMs, maxStaleMs] = a < b ? [a, b] : [b, a];
        const from = Math.min(Math.max(previous, minStaleMs), maxStaleMs);
        const to = nextStaleMs({
          staleMs,
          bounds: { minStaleMs, maxStaleMs },
          previousStaleMs: from,
          isUnchanged,
        });
        expect(Number.isInteger(to)).toBe(true);
        expect(to).toBeGreaterThanOrEqual(isUnchanged ? from : minStaleMs);
        expect(to).toBeLessThanOrEqual(isUnchanged ? maxStaleMs : from);
      }),
    );
  });
});
