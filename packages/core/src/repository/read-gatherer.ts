import type { StoreGuard } from '../resilience/store-guard.js';

/** Keys of one question at most: so many small answers that come early are worth more than one that holds all. */
const MAX_NAMES = 64;

/** Asks one store for several names; `null` if it did not answer. Never rejects. */
export type Ask = (
  guard: StoreGuard,
  names: readonly string[],
) => Promise<readonly (Uint8Array | null)[] | null>;

interface Question {
  readonly names: string[];
  readonly waiting: ((bytes: Uint8Array | null) => void)[];
  /** Ends the gathering. */
  readonly end: NodeJS.Immediate;
}

/**
 * Makes one question of the single reads of one store within one turn of the event loop: guard, budget, journal and
 * provider are then asked once for all of them.
 */
export class ReadGatherer {
  readonly #ask: Ask;
  readonly #open = new Map<StoreGuard, Question>();

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /**
   * Resolves with what `open` makes of the bytes, `null` also when the store did not answer. Never rejects.
   * @param open must not throw
   */
  find<T>(
    guard: StoreGuard,
    name: string,
    open: (bytes: Uint8Array | null) => T | Promise<T>,
  ): Promise<T> {
    return new Promise((resolve) => {
      const question = this.#open.get(guard) ?? this.#begin(guard);
      question.names.push(name);
      question.waiting.push((bytes) => resolve(open(bytes)));
      if (question.names.length >= MAX_NAMES) void this.#send(guard, question);
    });
  }

  #begin(guard: StoreGuard): Question {
    // After all that this turn of the event loop received was read, and has asked for what it wants.
    const end = setImmediate(() => void this.#send(guard, question));
    const question: Question = { names: [], waiting: [], end };
    this.#open.set(guard, question);
    return question;
  }

  async #send(guard: StoreGuard, question: Question): Promise<void> {
    this.#open.delete(guard);
    const { names, waiting, end } = question;
    clearImmediate(end);
    const answers = await this.#ask(guard, names);
    waiting.forEach((take, index) => take(answers?.[index] ?? null));
  }
}
