import { setTimeout as delay } from 'node:timers/promises';

/** Time, injected so that tests can hold it still. */
export interface Clock {
  /** Wall clock in milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` fires. Keeps no process alive. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, { ref: false, ...(signal && { signal }) });
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  },
};

/** Resolves with `promise`, or with `fallback` after `ms`; the promise goes on and its late failure is of no concern. */
export async function within<T, F>(
  clock: Clock,
  ms: number,
  promise: Promise<T>,
  fallback: () => F,
): Promise<T | F> {
  const done = new AbortController();
  const limit = clock.sleep(ms, done.signal).then(fallback);
  try {
    return await Promise.race([promise, limit]);
  } finally {
    done.abort();
  }
}
