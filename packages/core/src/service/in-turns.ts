import { setImmediate as nextTurn } from 'node:timers/promises';

/** Steps of long work that are done before everything else in the process gets its turn. */
const MAX_STEPS = 250;

/** Calls `step` for each of `all`, in their order; where they are many, the event loop turns in between. */
export async function inTurns<T>(
  all: readonly T[],
  step: (one: T, index: number) => void,
): Promise<void> {
  for (const [index, one] of all.entries()) {
    if (index > 0 && index % MAX_STEPS === 0) await nextTurn();
    step(one, index);
  }
}
