/** Time, injected so that tests can hold it still. */
export interface Clock {
  /** Wall clock in milliseconds since 1970. */
  now(): number;
  /**
   * Resolves after `ms`, or at once when `signal` fires. `background`: keeps no process alive. Without it somebody
   * waits for what follows, and the process must not end before.
   */
  sleep(ms: number, signal?: AbortSignal, kind?: 'background'): Promise<void>;
  /**
   * Calls `ring` once after `ms`, unless the function that it returns is called before. Absent: `sleep` is used, which
   * costs several times as much.
   */
  alarm?(ms: number, ring: () => void): () => void;
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
  // Not before what arrived while this process was busy was read: an answer that is there is not late.
  alarm: (ms, ring) => {
    let turn: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => (turn = setImmediate(ring)), ms);
    return () => {
      clearTimeout(timer);
      clearImmediate(turn);
    };
  },
};

/**
 * Resolves with `promise`, or with `fallback`, which is called only then, after `ms`; the promise goes on and its late
 * failure is of no concern.
 */
export function within<T, F>(
  clock: Clock,
  ms: number,
  promise: Promise<T>,
  fallback: () => F,
): Promise<T | F> {
  return new Promise((resolve, reject) => {
    // What the fallback throws is what this rejects with.
    const ring = (): void => resolve(new Promise<F>((done) => done(fallback())));
    const cancel = clock.alarm?.(ms, ring) ?? alarmBySleep(clock, ms, ring);
    // A provider of somebody else's may give a bare value.
    Promise.resolve(promise).then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: Error) => {
        cancel();
        reject(error);
      },
    );
  });
}

function alarmBySleep(clock: Clock, ms: number, ring: () => void): () => void {
  const cancelled = new AbortController();
  const { signal } = cancelled;
  void clock.sleep(ms, signal).then(() => (signal.aborted ? undefined : ring()));
  return () => cancelled.abort(null); // with a reason, so that no error is made for it
}
