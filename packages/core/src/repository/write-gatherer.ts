import { CacheError } from '../errors/cache.error.js';
import type { FencedWrite } from '../provider/cache-provider.js';
import type { StoreGuard } from '../resilience/store-guard.js';

/** Writes of one question at most, and bytes, if it is not one alone: the store serves nobody else meanwhile. */
const MAX_WRITES = 64;
const MAX_BYTES = 2 ** 18;

/** Asks one store for several writes; resolves with what became of each. */
export type Store = (
  guard: StoreGuard,
  writes: readonly FencedWrite[],
) => Promise<readonly (boolean | Error)[]>;

interface Question {
  readonly writes: FencedWrite[];
  readonly waiting: {
    readonly resolve: (isStored: boolean) => void;
    readonly reject: (error: unknown) => void;
  }[];
  bytes: number;
  /** Ends the gathering. */
  readonly end: NodeJS.Immediate;
}

/** Makes one question of the writes to one store within one turn of the event loop; each has its own outcome. */
export class WriteGatherer {
  readonly #store: Store;
  readonly #open = new Map<StoreGuard, Question>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Resolves with whether it is stored. Rejects when the store failed. */
  put(guard: StoreGuard, write: FencedWrite): Promise<boolean> {
    const { length } = write.value;
    const open = this.#open.get(guard);
    const hasRoom = open && open.writes.length < MAX_WRITES && open.bytes + length <= MAX_BYTES;
    if (open && !hasRoom) void this.#send(guard, open);
    const question = hasRoom ? open : this.#begin(guard);
    question.writes.push(write);
    question.bytes += length;
    return new Promise((resolve, reject) => question.waiting.push({ resolve, reject }));
  }

  #begin(guard: StoreGuard): Question {
    // After all that this turn of the event loop received was read, and has written what it wants.
    const end = setImmediate(() => void this.#send(guard, question));
    const question: Question = { writes: [], waiting: [], bytes: 0, end };
    this.#open.set(guard, question);
    return question;
  }

  async #send(guard: StoreGuard, { writes, waiting, end }: Question): Promise<void> {
    this.#open.delete(guard);
    clearImmediate(end);
    try {
      const outcomes = await this.#store(guard, writes);
      waiting.forEach(({ resolve, reject }, i) => {
        const outcome = outcomes[i];
        if (typeof outcome === 'boolean') resolve(outcome);
        else reject(outcome ?? new CacheError('STORE_REFUSED', 'The store did not say.'));
      });
    } catch (error) {
      waiting.forEach(({ reject }) => reject(error));
    }
  }
}
