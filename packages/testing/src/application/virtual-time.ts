import type { FakeClock } from '../fake-clock.js';

/** Lets everything run that waits for nothing but the event loop. */
export async function idle(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Moves time on in small steps, letting everything run that waits for it. */
export async function passTime(clock: FakeClock, ms: number): Promise<void> {
  const steps = Math.min(20, Math.ceil(ms / 10));
  for (let step = 0; step < steps; step++) {
    await idle();
    clock.advance(ms / steps);
  }
  await idle();
}

/** Resolves or rejects as `work` does; time passes meanwhile, up to 100 seconds. */
export async function whileTimePasses<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = work.finally(() => (isDone = true));
  done.catch(() => undefined); // told below
  for (let i = 0; i < 100 && !isDone; i++) await passTime(clock, 1_000);
  return done;
}
