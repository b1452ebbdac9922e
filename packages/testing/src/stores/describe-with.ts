import { runner } from '../contract/runner.js';

const START_BOUND_MS = 120_000;

/** Something that is started for tests. */
interface Stoppable {
  stop(): Promise<void>;
}

/**
 * Declares tests that need something started, or reports them as skipped.
 * @param skipped why it can't be had, or `null`
 */
export function describeWith<T extends Stoppable>(
  name: string,
  skipped: string | null,
  start: () => Promise<T>,
  body: (started: () => T) => void,
): void {
  const { describe, beforeAll, afterAll } = runner();
  let started: T | undefined;
  const given = (): T => {
    if (!started) throw new Error('It is there from beforeAll on.');
    return started;
  };
  if (skipped !== null) return describe.skip(`${name} (skipped: ${skipped})`, () => body(given));
  describe(name, () => {
    beforeAll(async () => {
      started = await start();
    }, START_BOUND_MS);
    body(given);
    // Behind the body: hooks run in the order of their declaration, and what the body opened goes first.
    afterAll(async () => {
      await started?.stop();
    }, START_BOUND_MS);
  });
}
