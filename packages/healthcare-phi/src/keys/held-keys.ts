import type { Clock } from '@vitalcache/core';
import { LRUCache } from 'lru-cache';

import type { KeyOwner } from './data-key.js';

/** How long a key is used without asking whether it is still there: the bound where word of a shred is lost. */
const HELD_MS = 60_000;
const MAX_KEYS = 10_000;

interface Held<V> {
  readonly owner: KeyOwner;
  readonly until: number;
  /** `undefined` once it was let go of, so that nobody who remembers this has it either. */
  value: V | undefined;
}

/** Keys at hand, in bounded number and for a minute; a clock that is set back makes none of them last longer. */
export class HeldKeys<V extends object> {
  readonly #held = new LRUCache<string, Held<V>>({
    max: MAX_KEYS,
    dispose: (held) => (held.value = undefined),
  });
  /** By owners as objects, which are given again and again: names are long. */
  readonly #last = new WeakMap<KeyOwner, Held<V>>();
  readonly #clock: Pick<Clock, 'now'>;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  get(name: string): V | undefined {
    const held = this.#held.get(name);
    if (!held) return undefined;
    if (this.#isTimely(held)) return held.value;
    this.#held.delete(name);
    return undefined;
  }

  /** What was held last for this very owner, whatever its name. */
  last(owner: KeyOwner): V | undefined {
    const held = this.#last.get(owner);
    return held && this.#isTimely(held) ? held.value : undefined;
  }

  set(name: string, owner: KeyOwner, value: V): void {
    const held = { owner, value, until: this.#clock.now() + HELD_MS };
    this.#held.set(name, held);
    this.#last.set(owner, held);
  }

  /** Lets go of those of an owner (without a subject: of the whole tenant), or of all. */
  purge(owner?: KeyOwner): void {
    if (!owner) return this.#held.clear();
    const { tenant, subject } = owner;
    for (const [name, { owner: of }] of [...this.#held.entries()]) {
      if (of.tenant !== tenant) continue;
      if (subject === null || of.subject === subject) this.#held.delete(name);
    }
  }

  #isTimely({ until }: Held<V>): boolean {
    const leftMs = until - this.#clock.now();
    return leftMs > 0 && leftMs <= HELD_MS;
  }
}
