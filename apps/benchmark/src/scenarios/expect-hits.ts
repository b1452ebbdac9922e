import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 40_000;
const PAUSE_MS = 500;

/**
 * Reads what is cached; a load meanwhile is a mistake. On a machine so busy that a store does not answer within a cache's
 * read budget, a cache goes to its loaders for a while, and rightly: it is read again then, within bounds.
 * @throws Error if there are still loads, and whatever reading throws
 */
export async function expectHits(loads: () => number, read: () => Promise<void>): Promise<void> {
  const endsAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const before = loads();
    await read();
    const missed = loads() - before;
    if (missed === 0) return;
    if (performance.now() > endsAt) throw new Error(`${missed} reads of what is cached were loads`);
    await sleep(PAUSE_MS);
  }
}
