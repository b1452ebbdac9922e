import type { Clock } from '../clock/clock.js';

export interface LeaseKeeperOptions {
  readonly clock: Clock;
  /** Between two extensions of a lease. */
  readonly pauseMs: number;
  /** A lease that is kept for longer is not extended any more. */
  readonly maxHeldMs: number;
  /** Ends all of it. */
  readonly signal: AbortSignal;
}

interface Kept {
  readonly endsAt: number;
  readonly extend: () => Promise<unknown>;
}

/** Keeps leases while their loads run, all with one timer: most are over before it rings. */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #kept = new Set<Kept>();
  #isBeating = false;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /** Calls `extend` again and again, which must not reject, until what it returns is called, or the lease is too old. */
  keep(extend: () => Promise<unknown>): () => void {
    const { clock, maxHeldMs } = this.#options;
    const kept = { endsAt: clock.now() + maxHeldMs, extend };
    this.#kept.add(kept);
    if (!this.#isBeating) void this.#beat();
    return () => void this.#kept.delete(kept);
  }

  async #beat(): Promise<void> {
    const { clock, pauseMs, signal } = this.#options;
    this.#isBeating = true;
    while (this.#kept.size > 0 && !signal.aborted) {
      await clock.sleep(pauseMs, signal, 'background');
      if (signal.aborted) break;
      for (const kept of this.#kept) {
        if (clock.now() < kept.endsAt) void kept.extend();
        else this.#kept.delete(kept);
      }
    }
    this.#isBeating = false;
  }
}
