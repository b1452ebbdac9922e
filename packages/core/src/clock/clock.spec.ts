import { stat } from 'node:fs/promises';

import { systemClock, within, type Clock } from './clock.js';

/** Keeps the process busy. */
function block(ms: number): void {
  const endsAt = performance.now() + ms;
  while (performance.now() < endsAt);
}

const late = (): string => 'late';
const never = new Promise<never>(() => undefined);

const CLOCKS: [string, Clock][] = [
  ['with an alarm', systemClock],
  ['without', { now: systemClock.now, sleep: systemClock.sleep }],
];

describe.each(CLOCKS)('within, by a clock %s', (_what, clock) => {
  it('gives what is in time, and calls the fallback for nothing else', async () => {
    const fallback = jest.fn(late);
    expect(await within(clock, 5, Promise.resolve('in time'), fallback)).toBe('in time');
    await expect(within(clock, 5, Promise.reject(new Error('no')), fallback)).rejects.toThrow('no');
    await clock.sleep(20);
    expect(fallback).not.toHaveBeenCalled();
  });

  it('gives the fallback instead of what is late, or what it throws', async () => {
    expect(await within(clock, 5, never, late)).toBe('late');
    const failing = (): never => {
      throw new Error('late');
    };
    await expect(within(clock, 5, never, failing)).rejects.toThrow('late');
  });
});

describe('systemClock', () => {
  it('takes nothing for late that has arrived while the process was busy', async () => {
    const answer = within(systemClock, 5, stat('.'), late);
    block(50);
    expect(await answer).not.toBe('late');
  });
});
