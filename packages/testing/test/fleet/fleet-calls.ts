import { LawBroken } from './fleet-ledger.js';
import type { FleetProcess } from './fleet-process.js';
import type { VirtualClock } from './virtual-clock.js';

/** The calls that processes have made and that have not settled, and the first thing that went wrong. */
export class FleetCalls {
  readonly #clock: VirtualClock;
  readonly #open = new Map<Promise<void>, { readonly by: FleetProcess; readonly what: string }>();
  #broken: Error | null = null;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  make(process: FleetProcess, what: string, work: () => Promise<void>): void {
    const call = work()
      .catch((error: unknown) => void this.fail(error))
      .finally(() => this.#open.delete(call));
    this.#open.set(call, { by: process, what });
  }

  /** The process is gone: nobody waits for its calls. */
  forget(process: FleetProcess): void {
    for (const [call, { by }] of this.#open) if (by === process) this.#open.delete(call);
  }

  /** @throws LawBroken if a call has not ended within that virtual time, or what went wrong before */
  async ended(withinMs: number): Promise<void> {
    for (let ms = 0, step = 10; this.#open.size > 0 && ms < withinMs; ms += step, step *= 2) {
      await this.#clock.pass(step);
    }
    this.assertUnbroken();
    const hanging = [...this.#open.values()].map(({ what, by }) => `${what} by p${by.id}`);
    if (hanging.length === 0) return;
    throw new LawBroken('nothing hangs', `after ${withinMs} ms: ${hanging.join('; ')}`);
  }

  /** The first failure counts. */
  fail(error: unknown): Error {
    return (this.#broken ??= error instanceof Error ? error : new Error(String(error)));
  }

  assertUnbroken(): void {
    if (this.#broken) throw this.#broken;
  }
}
