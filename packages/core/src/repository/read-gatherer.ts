import type { Clock } from '../clock/clock.js';
import type { StoreGuard } from '../resilience/store-guard.js';
import { partsOf } from './parts-of.js';

/** Keys of one part at most: so many small answers that come early are worth more than one that holds all. */
const MAX_NAMES = 64;

/** Asks one store for several names, in parts; `null` for one that it did not answer. Never rejects. */
export type Ask = (
  guard: StoreGuard,
  parts: readonly (readonly string[])[],
) => readonly Promise<readonly (Uint8Array | null)[] | null>[];

/** Makes what was asked for of the bytes of a name. Must not throw. @param nowMs when they came */
export type Open<T> = (bytes: Uint8Array | null, nowMs: number) => T | Promise<T>;

interface Question {
  readonly names: string[];
  readonly opens: Open<unknown>[];
  readonly resolves: ((found: unknown) => void)[];
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
    return found;
  }

  #begin(guard: StoreGuard): Question {
    const question: Question = { names: [], opens: [], resolves: [] };
    this.#open.set(guard, question);
    // After all that this turn of the event loop received was read, and has asked for what it wants.
    setImmediate(() => this.#send(guard, question));
    return question;
  }

  #send(guard: StoreGuard, question: Question): void {
    this.#open.delete(guard);
    this.#ask(guard, partsOf(question.names, MAX_NAMES)).forEach((asking, part) => {
      void asking.then((answers) => this.#answer(question, part * MAX_NAMES, answers));
    });
  }

  #answer(
    { opens, resolves }: Question,
    from: number,
    answers: readonly (Uint8Array | null)[] | null,
  ): void {
    const nowMs = this.#clock.now();
    const to = Math.min(from + MAX_NAMES, opens.length);
    for (let i = from; i < to; i++) {
      const open = opens[i] as Open<unknown>;
      resolves[i]?.(open(answers?.[i - from] ?? null, nowMs));
    }
  }
}
