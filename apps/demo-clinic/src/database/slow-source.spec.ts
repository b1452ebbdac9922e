import { SlowSource } from './slow-source.js';

describe(SlowSource, () => {
  it('hands over late what was read before', async () => {
    let row = 'before the write';
    const asked = performance.now();
    const reading = new SlowSource({ queryDelayMs: 30 }).read(() => Promise.resolve(row));
    row = 'after the write';
    expect(await reading).toBe('before the write');
    // Timers may fire up to a millisecond early.
    expect(performance.now() - asked).toBeGreaterThanOrEqual(29);
  });

  it('adds nothing when the delay is 0', async () => {
    let arrived = false;
    void new SlowSource({ queryDelayMs: 0 })
      .read(() => Promise.resolve())
      .then(() => (arrived = true));
    await new Promise(setImmediate);
    expect(arrived).toBe(true);
  });
});
