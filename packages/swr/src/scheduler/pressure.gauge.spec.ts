import fc from 'fast-check';

import { DEFAULT_THRESHOLDS, PressureGauge } from './pressure.gauge.js';

function measuring() {
  const is = { now: 1_000_000, busy: 0, ageMs: 0 };
  const utilization = jest.fn(() => is.busy);
  const gauge = new PressureGauge({
    thresholds: DEFAULT_THRESHOLDS,
    now: () => is.now,
    utilization,
    queueAgeMs: () => is.ageMs,
  });
  const after = (ms: number): string => {
    is.now += ms;
    return gauge.read().level;
  };
  return { is, gauge, utilization, after };
}

describe('PressureGauge', () => {
  it('measures at most every 100 ms', () => {
    const { utilization, after } = measuring();
    for (let i = 0; i < 100; i++) after(10);
    expect(utilization).toHaveBeenCalledTimes(10);
  });

  it('rises by one step a sample, so that one busy moment is not an overload', () => {
    const { is, after } = measuring();
    is.busy = 1;
    expect([after(99), after(1), after(100), after(100)]).toEqual([
      'none',
      'low',
      'medium',
      'high',
    ]);
  });

  it('falls by one step a second, at once after a long pause', () => {
    const { is, after } = measuring();
    is.busy = 1;
    for (let i = 0; i < 4; i++) after(100);
    is.busy = 0;
    expect([after(900), after(100), after(1_000), after(1_000)]).toEqual([
      'high',
      'medium',
      'low',
      'none',
    ]);
    is.busy = 1;
    for (let i = 0; i < 4; i++) after(100);
    is.busy = 0;
    expect(after(60_000)).toBe('none');
  });

  it('keeps a level until the measurement is a tenth below it', () => {
    const { is, after } = measuring();
    is.busy = 0.71;
    expect(after(100)).toBe('low');
    is.busy = 0.64;
    expect(after(5_000)).toBe('low');
    is.busy = 0.62;
    expect(after(5_000)).toBe('none');
    is.busy = 0.69;
    expect(after(5_000)).toBe('none');
  });

  it('never flaps: a load that swings around a threshold changes the level once', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.64, max: 0.8, noNaN: true })), (swings) => {
        const { is, after } = measuring();
        const levels = swings.map((busy) => {
          is.busy = busy;
          return after(1_500);
        });
        const changes = levels.filter((level, i) => level !== (levels[i - 1] ?? 'none'));
        expect(changes.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('goes by the age of the queue and by open breakers too, for a while', () => {
    const { is, gauge, after } = measuring();
    is.ageMs = 1_000;
    expect(after(100)).toBe('low');
    expect(gauge.read().cause).toBe('queue age 1000 ms');
    is.ageMs = 0;
    expect(after(5_000)).toBe('none');
    gauge.noteBreakerOpen();
    expect([after(100), after(100), after(100)]).toEqual(['low', 'medium', 'medium']);
    expect(gauge.read().cause).toBe('an open breaker');
    after(5_000);
    expect(after(100)).toBe('none');
  });

  it('goes on after the clock was set back', () => {
    const { is, after } = measuring();
    after(-3_600_000);
    is.busy = 1;
    expect(after(100)).toBe('low');
  });
});
