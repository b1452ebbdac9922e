/** Time, injected so that tests can hold it still. */
export interface Clock {
  /** Wall clock in milliseconds since 1970. */
  now(): number;
  /**
   * Resolves after `ms`, or at once when `signal` fires. `background`: keeps no process alive. Without it somebody
   * waits for what follows, and the process must not end before.
   */
  sleep(ms: number, signal?: AbortSignal, kind?: 'background'): Promise<void>;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // Not of node:timers/promises: that makes an error with a stack of every sleep that is cut short, and most are.
  sleep: (ms, signal, kind) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      if (kind === 'background') timer.unref();
      signal?.addEventListener('abort', end, { once: true });
    }),
};

const LATE = Symbol('late');

/**
 * Resolves with `promise`, or with `fallback`, which is called only then, after `ms`; the promise goes on and its late
 * failure is of no concern.
 */
export async function within<T, F>(
  clock: Clock,
  ms: number,
  promise: Promise<T>,
  fallback: () => F,
): Promise<T | F> {
  const done = new AbortController();
  const limit = clock.sleep(ms, done.signal).then((): typeof LATE => LATE);
  try {
    const first = await Promise.race([promise, limit]);
    return first === LATE ? fallback() : first;
  } finally {
    done.abort(LATE); // a reason of one's own: none is made, with a stack, for each call
  }
}
