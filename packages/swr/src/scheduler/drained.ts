import type { Clock } from '@vitalcache/core';

/** Resolves when all of `work`, none of which rejects, has ended, or after `deadlineMs`; the rest then goes on. */
export async function drained(
  work: readonly Promise<unknown>[],
  deadlineMs: number,
  clock: Clock,
): Promise<void> {
  const ended = new AbortController();
  const all = Promise.all(work).then(() => ended.abort());
  await Promise.race([all, clock.sleep(deadlineMs, ended.signal)]);
}
