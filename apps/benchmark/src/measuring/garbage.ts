import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Empties the heap of what nobody needs, so that no measurement clears away what another left. */
export const collectGarbage = runInNewContext('gc') as () => void;

/**
 * Brings a process to where one that has run for a while is. V8 forgets with full collections what it had learned of
 * `process.nextTick`, which takes five times as long from then on: an application that does nothing may never come to it,
 * one with more code does while it starts.
 */
export async function age(): Promise<void> {
  for (let i = 0; i < 6; i++) {
    collectGarbage();
    await setTimeout(20);
  }
}

/** Bytes of the heap and of buffers, of what is still needed. */
export function liveBytes(): number {
  for (let i = 0; i < 2; i++) collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
