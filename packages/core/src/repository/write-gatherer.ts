import { setImmediate as endOfTurn } from 'node:timers/promises';

import { within, type Clock } from '../clock/clock.js';
import { CacheError } from '../errors/cache.error.js';
import type { FencedWrite } from '../provider/cache-provider.js';
import type { StoreGuard } from '../resilience/store-guard.js';

/** Writes of one part at most, and bytes, if it is not one alone: the store serves nobody else meanwhile. */
const MAX_WRITES = 64;
const MAX_BYTES = 2 ** 18;
/** A store that has not answered by then is asked the next question all the same. */
const MAX_PAUSE_MS = 250;

/** Asks one store for several writes, in parts; each resolves with what became of its own. */
export type Store = (
  guard: StoreGuard,
  parts: readonly (readonly FencedWrite[])[],
) => readonly Promise<readonly (boolean | Error)[]>[];

interface Part {
  readonly writes: FencedWrite[];
  readonly waiting: {
    readonly resolve: (isStored: boolean) => void;
    readonly reject: (error: unknown) => void;
  }[];
  bytes: number;
}

/**
 * Makes one question of the writes to one store within one turn of the event loop, and of those that come while the
 * question before is under way; each has its own outcome.
 */
export class WriteGatherer {
  readonly #clock: Clock;
  readonly #store: Store;
  /** What is to be asked next. */
  readonly #open = new Map<StoreGuard, Part[]>();
  readonly #asking = new Set<StoreGuard>();

  constructor(clock: Clock, store: Store) {
    this.#clock = clock;
    this.#store = store;
  }

  /** Resolves with whether it is stored. Rejects when the store failed. */
  put(guard: StoreGuard, write: FencedWrite): Promise<boolean> {
    const part = this.#partFor(guard, write.value.length);
    part.writes.push(write);
    part.bytes += write.value.length;
    if (!this.#asking.has(guard)) void this.#ask(guard);
    return new Promise((resolve, reject) => part.waiting.push({ resolve, reject }));
  }

  #partFor(guard: StoreGuard, bytes: number): Part {
    const parts = this.#open.get(guard) ?? [];
    if (parts.length === 0) this.#open.set(guard, parts);
    const last = parts.at(-1);
    if (last && last.writes.length < MAX_WRITES && last.bytes + bytes <= MAX_BYTES) return last;
    const part: Part = { writes: [], waiting: [], bytes: 0 };
    parts.push(part);
    return part;
  }

  /** One question after the other, until nothing is left to be asked. */
  async #ask(guard: StoreGuard): Promise<void> {
    this.#asking.add(guard);
    while (this.#open.has(guard)) {
      // After all that this turn of the event loop received was read, and has written what it wants.
      await endOfTurn();
      const parts = this.#open.get(guard) ?? [];
      this.#open.delete(guard);
      const answers = this.#store(
        guard,
        parts.map(({ writes }) => writes),
      );
      const told = Promise.all(parts.map((part, i) => tell(part, answers[i])));
      await within(this.#clock, MAX_PAUSE_MS, told, () => undefined);
    }
    this.#asking.delete(guard);
  }
}

async function tell({ waiting }: Part, answer: ReturnType<Store>[number] | undefined) {
  try {
    const outcomes = await answer;
    waiting.forEach(({ resolve, reject }, i) => {
      const outcome = outcomes?.[i];
      if (typeof outcome === 'boolean') resolve(outcome);
      else reject(outcome ?? new CacheError('STORE_REFUSED', 'The store did not say.'));
    });
  } catch (error) {
    waiting.forEach(({ reject }) => reject(error));
  }
}
