import type { Clock } from '@vitalcache/core';
import { LRUCache } from 'lru-cache';

import type { KeyOwner } from './data-key.js';

/** How long a key is used without asking whether it is still there: the bound where word of a shred is lost. */
const HELD_MS = 60_000;
const MAX_KEYS = 10_000;

interface Held<V> {
  readonly owner: KeyOwner;
  readonly value: V;
  readonly until: number;
}

/** Keys at hand, in bounded number and for a minute; a clock that is set back makes none of them last longer. */
export class HeldKeys<V> {
  readonly #held = new LRUCache<string, Held<V>>({ max: MAX_KEYS });
  readonly #clock: Pick<Clock, 'now'>;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  get(name: string): V | undefined {
    const held = this.#held.get(name);
    if (!held) return undefined;
    const leftMs = held.until - this.#clock.now();
    if (leftMs > 0 && leftMs <= HELD_MS) return held.value;
    this.#held.delete(name);
    return undefined;
  }

  set(name: string, owner: KeyOwner, value: V): void {
    this.#held.set(name, { owner, value, until: this.#clock.now() + HELD_MS });
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
}
