import type { Clock } from '@vitalcache/core';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Lets everything run that waits for nothing but promises. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Time that passes only when told to. Timers of one moment fire in the order in which they were set. */
export class VirtualClock {
  #now: number;
  readonly #timers = new Set<Timer>();

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
  }

  readonly now = (): number => this.#now;

  /** Timers that have not fired. */
  get size(): number {
    return this.#timers.size;
  }

  /** Calls `run` after `ms`; the function that it returns prevents that. */
  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Moves on by `ms`, moment by moment, and lets everything run that follows from each. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await turn();
    for (let next = this.#nextAt(); next <= end; next = this.#nextAt()) {
      this.#now = Math.max(this.#now, next);
      for (const timer of this.#timers) {
        if (timer.at > this.#now) continue;
        this.#timers.delete(timer);
        timer.run();
      }
      await turn();
    }
    this.#now = end;
  }

  #nextAt(): number {
    let at = Infinity;
    for (const timer of this.#timers) at = Math.min(at, timer.at);
    return at;
  }
}

/**
 * The time of one process: it can stand still, as a paused machine does while the clock on the wall goes on, and it can
 * end for good. Whatever would happen to a paused process waits until it goes on.
 */
export class ProcessTime implements Clock {
  readonly #clock: VirtualClock;
  readonly #cancels = new Set<() => void>();
  #backlog: (() => void)[] = [];
  #state: 'running' | 'paused' | 'ended' = 'running';

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  now(): number {
    return this.#clock.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      });
      const stop = (): void => {
        cancel();
        resolve();
      };
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  /** Calls `run` in this process after `ms`. */
  after(ms: number, run: () => void): () => void {
    if (this.hasEnded) return () => undefined;
    const cancel = this.#clock.after(ms, () => {
      this.#cancels.delete(cancel);
      this.happen(run);
    });
    this.#cancels.add(cancel);
    return () => {
      this.#cancels.delete(cancel);
      cancel();
    };
  }

  /** Calls `run` at once, or when the process goes on, or never. */
  happen(run: () => void): void {
    if (this.#state === 'running') run();
    else if (this.#state === 'paused') this.#backlog.push(run);
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  /** Goes on; what it missed happens when time next passes, so that somebody may come first. */
  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    for (const run of this.#backlog.splice(0)) this.after(0, run);
  }

  /** Nothing happens in this process any more. */
  end(): void {
    this.#state = 'ended';
    this.#backlog = [];
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }
}
