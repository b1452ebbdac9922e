import { FakeClock } from './fake-clock.js';

describe('FakeClock', () => {
  it('stands still until it is moved, forwards or back', () => {
    const { now, advance } = bound(new FakeClock(1_000));
    expect([now(), now()]).toEqual([1_000, 1_000]);
    advance(5);
    expect(now()).toBe(1_005);
    advance(-10);
    expect(now()).toBe(995);
  });

  it('wakes sleepers when their time has come, in the order of their times', async () => {
    const clock = new FakeClock();
    const woken: string[] = [];
    const sleeps = [
      clock.sleep(30).then(() => woken.push('late')),
      clock.sleep(10).then(() => woken.push('early')),
    ];
    clock.advance(9);
    await Promise.resolve();
    expect(woken).toEqual([]);
    clock.advance(50);
    await Promise.all(sleeps);
    expect(woken).toEqual(['early', 'late']);
  });

  it('wakes a sleeper whose signal fires, before or after it fell asleep', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const sleeping = clock.sleep(1_000, controller.signal);
    controller.abort();
    await sleeping;
    await clock.sleep(1_000, controller.signal);
  });
});

function bound(clock: FakeClock): { now: () => number; advance: (ms: number) => void } {
  return { now: clock.now, advance: (ms) => clock.advance(ms) };
}
