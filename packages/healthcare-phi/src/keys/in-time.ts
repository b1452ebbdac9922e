import type { Clock } from '@vitalcache/core';

/** Resolves with `promise`, or with what `late` gives after `ms`; a rejection of `promise` is passed on until then. */
export async function inTime<T, L>(
  clock: Clock,
  ms: number,
  promise: Promise<T>,
  late: () => L,
): Promise<T | L> {
  const over = new AbortController();
  promise.catch(() => undefined); // it may fail when nobody waits any more
  try {
    return await Promise.race([promise, clock.sleep(ms, over.signal, 'background').then(late)]);
  } finally {
    over.abort(null); // with a reason, so that no error is made for it
  }
}
