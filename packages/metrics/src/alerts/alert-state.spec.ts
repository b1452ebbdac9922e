import fc from 'fast-check';

import { AlertState } from './alert-state.js';
import type { AlertRule } from './alert.js';

const rule = (more: Partial<AlertRule> = {}): AlertRule => ({
  name: 'lag',
  fires: 'above',
  limit: 100,
  clearsAt: 50,
  forMs: 0,
  clearForMs: 0,
  measure: () => 0,
  describe: () => '',
  ...more,
});

/** What changed with each measurement, one a second. */
function run(state: AlertState, values: readonly (number | null)[], from = 0): string[] {
  return values.map((value, at) => state.take(value, from + at * 1_000)?.state ?? '-');
}

describe('AlertState', () => {
  it('fires once above its limit, and is over once at the point where it clears', () => {
    const state = new AlertState(rule());
    expect(run(state, [100, 101, 200, 51, 50, 10, 101])).toEqual([
      '-',
      'firing',
      '-',
      '-',
      'resolved',
      '-',
      'firing',
    ]);
  });

  it('fires below a limit, for what is good when it is high', () => {
    const state = new AlertState(rule({ fires: 'below', limit: 0.5, clearsAt: 0.6 }));
    expect(run(state, [0.5, 0.49, 0.55, 0.59, 0.6])).toEqual(['-', 'firing', '-', '-', 'resolved']);
  });

  it('waits until it has been out for long enough without a break', () => {
    const state = new AlertState(rule({ forMs: 2_000 }));
    expect(run(state, [101, 101, 100, 101, 101, 101])).toEqual(['-', '-', '-', '-', '-', 'firing']);
    expect(state.firingSince).toBe(5_000);
  });

  it('waits until it has been over for long enough without a break', () => {
    const state = new AlertState(rule({ clearForMs: 2_000 }));
    const said = run(state, [101, 50, 50, 51, 50, 50, 50]);
    expect(said).toEqual(['firing', '-', '-', '-', '-', '-', 'resolved']);
    expect(state.firingSince).toBeNull();
  });

  it('is not moved by nothing', () => {
    const state = new AlertState(rule({ forMs: 2_000 }));
    expect(run(state, [101, null, null, 101])).toEqual(['-', '-', '-', 'firing']);
    expect(run(state, [null, null], 9_000)).toEqual(['-', '-']);
  });

  it('says since when, also when it is over', () => {
    const state = new AlertState(rule());
    state.take(101, 7);
    expect(state.take(10, 99)).toEqual({ state: 'resolved', since: 7 });
  });

  it('always alternates, and never changes between its two limits', () => {
    const values = fc.array(fc.option(fc.integer({ min: 0, max: 150 }), { nil: null }));
    const times = fc.integer({ min: 0, max: 3_000 });
    fc.assert(
      fc.property(values, times, times, (measured, forMs, clearForMs) => {
        const state = new AlertState(rule({ forMs, clearForMs }));
        const changes = run(state, measured);
        const told = changes.filter((change) => change !== '-');
        told.forEach((change, at) => expect(change).toBe(at % 2 === 0 ? 'firing' : 'resolved'));
        changes.forEach((change, at) => {
          const value = measured[at] ?? 75;
          if (value > 50 && value <= 100) expect(change).toBe('-');
        });
      }),
    );
  });
});
