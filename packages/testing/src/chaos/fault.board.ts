import { CacheError, type Clock } from '@vitalcache/core';

import {
  forEachOperation,
  operationsOf,
  spoiled,
  type ChaosFault,
  type ChaosOperation,
  type ChaosTarget,
} from './chaos.fault.js';

/** One question to the wrapped provider, and what is said instead. */
export interface ChaosQuestion<T> {
  readonly work: () => Promise<T>;
  /** What a liar answers; may look at what there is, but changes nothing. */
  readonly lie: () => T | Promise<T>;
  /** The answer with every piece of stored bytes changed; absent where there are none. */
  readonly spoil?: (answer: T, change: (found: Uint8Array) => Uint8Array) => T;
}

/** Which operations of one provider are broken at present, and how. */
export class FaultBoard {
  readonly #clock: Clock;
  readonly #onCall: (operation: ChaosOperation) => void;
  readonly #faults = new Map<ChaosOperation, ChaosFault>();
  readonly #calls = forEachOperation(0);
  /** Wakes what hangs. */
  readonly #hanging = new Set<() => void>();
  #isClosed = false;

  constructor(clock: Clock, onCall: (operation: ChaosOperation) => void) {
    this.#clock = clock;
    this.#onCall = onCall;
  }

  get calls(): Readonly<Record<ChaosOperation, number>> {
    return this.#calls;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** @throws CacheError `OPTION_INVALID` */
  set(target: ChaosTarget, fault: ChaosFault): void {
    for (const operation of operationsOf(target, fault)) this.#faults.set(operation, fault);
    this.#wake();
  }

  heal(target: ChaosTarget): void {
    for (const operation of operationsOf(target)) this.#faults.delete(operation);
    this.#wake();
  }

  /** What hangs rejects with `CLOSED`, and so does what is asked from now on. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  reopen(): void {
    this.#isClosed = false;
  }

  isFaulty(operation: ChaosOperation): boolean {
    return this.#faults.has(operation);
  }

  /** Asks, or does what the operation's fault wants. */
  ask<T>(operation: ChaosOperation, question: ChaosQuestion<T>): Promise<T> {
    this.count(operation);
    return this.answer(operation, question);
  }

  count(operation: ChaosOperation): void {
    this.#calls[operation]++;
    this.#onCall(operation);
  }

  /** As {@link ask}, for what is counted already. */
  async answer<T>(operation: ChaosOperation, { work, lie, spoil }: ChaosQuestion<T>): Promise<T> {
    let fault = this.#fault(operation);
    while (fault?.kind === 'hang') {
      await new Promise<void>((resolve) => this.#hanging.add(resolve));
      fault = this.#fault(operation);
    }
    switch (fault?.kind) {
      case undefined:
        return work();
      case 'throw':
        throw fault.error ?? new CacheError('STORE_UNAVAILABLE', 'The store cannot be reached.');
      case 'lie':
        return lie();
      case 'corrupt': {
        const { bytes } = fault;
        const found = await work();
        return spoil ? spoil(found, (one) => spoiled(one, bytes)) : found;
      }
      case 'delay': {
        if (fault.late !== 'answer') {
          await this.#clock.sleep(fault.ms);
          this.#assertOpen();
          return work();
        }
        const answer = work();
        answer.catch(() => undefined); // heard of when it is answered
        await this.#clock.sleep(fault.ms);
        return answer;
      }
    }
  }

  #fault(operation: ChaosOperation): ChaosFault | undefined {
    this.#assertOpen();
    return this.#faults.get(operation);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new CacheError('CLOSED', 'This provider was closed.');
  }

  #wake(): void {
    const hanging = [...this.#hanging];
    this.#hanging.clear();
    for (const wake of hanging) wake();
  }
}
