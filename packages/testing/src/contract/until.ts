import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again until the answer is yes.
 * @throws Error with `what` after `boundMs`
 */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  boundMs = 15_000,
): Promise<void> {
  const endsAt = performance.now() + boundMs;
  while (!(await isSo())) {
    if (performance.now() > endsAt) throw new Error(`not within ${boundMs} ms: ${what}`);
    await delay(10);
  }
}
