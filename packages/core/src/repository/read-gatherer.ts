import type { Clock } from '../clock/clock.js';
import type { StoreGuard } from '../resilience/store-guard.js';

/** Keys of one question at most: so many small answers that come early are worth more than one that holds all. */
const MAX_NAMES = 64;

/** Asks one store for several names; `null` if it did not answer. Never rejects. */
export type Ask = (
  guard: StoreGuard,
  names: readonly string[],
) => Promise<readonly (Uint8Array | null)[] | null>;

/** Makes what was asked for of the bytes of a name. Must not throw. @param nowMs when they came */
export type Open<T> = (bytes: Uint8Array | null, nowMs: number) => T | Promise<T>;

interface Question {
  readonly names: string[];
  readonly opens: Open<unknown>[];
  readonly resolves: ((found: unknown) => void)[];
  /** Ends the gathering. */
  readonly end: NodeJS.Immediate;
}

/**
 * Makes one question of the single reads of one store within one turn of the event loop: guard, budget, journal and
 * provider are then asked once for all of them.
 */
export class ReadGatherer {
  readonly #clock: Clock;
  readonly #ask: Ask;
  readonly #open = new Map<StoreGuard, Question>();

  constructor(clock: Clock, ask: Ask) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /** Resolves with what `open` makes of the bytes, `null` also when the store did not answer. Never rejects. */
  find<T>(guard: StoreGuard, name: string, open: Open<T>): Promise<T> {
    const question = this.#open.get(guard) ?? this.#begin(guard);
    question.names.push(name);
    question.opens.push(open);
    const found = new Promise<T>((resolve) => {
      question.resolves.push(resolve as (found: unknown) => void);
    });
    if (question.names.length >= MAX_NAMES) void this.#send(guard, question);
    return found;
  }

  #begin(guard: StoreGuard): Question {
    // After all that this turn of the event loop received was read, and has asked for what it wants.
    const end = setImmediate(() => void this.#send(guard, question));
    const question: Question = { names: [], opens: [], resolves: [], end };
    this.#open.set(guard, question);
    return question;
  }

  async #send(guard: StoreGuard, question: Question): Promise<void> {
    this.#open.delete(guard);
    const { names, opens, resolves, end } = question;
    clearImmediate(end);
    const answers = await this.#ask(guard, names);
    const nowMs = this.#clock.now();
    for (let i = 0; i < names.length; i++) {
      const open = opens[i] as Open<unknown>;
      resolves[i]?.(open(answers?.[i] ?? null, nowMs));
    }
  }
}
