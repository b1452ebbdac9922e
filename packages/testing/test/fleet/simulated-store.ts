import type { StoredItem } from '@vitalcache/core';

import { SimulatedJournal } from './simulated-journal.js';
import type { VirtualClock } from './virtual-clock.js';

interface Stored {
  readonly value: Uint8Array;
  readonly expiresAt: number;
}

/** One shared store on virtual time: every operation is one atomic step, as on a server with a single thread. */
export class SimulatedStore {
  #items = new Map<string, Stored>();
  readonly #now: () => number;
  readonly journal: SimulatedJournal;
  /** Nobody reaches it. */
  isDown = false;

  constructor(clock: VirtualClock, random: () => number) {
    this.#now = clock.now;
    this.journal = new SimulatedJournal(clock.now, random);
  }

  /** Keys of what has not expired. */
  keys(): readonly string[] {
    return [...this.#items.keys()].filter((key) => this.get(key) !== null);
  }

  get(key: string): Uint8Array | null {
    const stored = this.#items.get(key);
    return stored && stored.expiresAt > this.#now() ? new Uint8Array(stored.value) : null;
  }

  set({ key, value, ttlMs }: StoredItem): void {
    this.#items.set(key, { value: new Uint8Array(value), expiresAt: this.#now() + ttlMs });
  }

  del(key: string): number {
    const existed = this.get(key) !== null;
    this.#items.delete(key);
    return Number(existed);
  }

  setFenced(item: StoredItem, sameBytes: number, fenceBytes: number): boolean {
    const stored = this.get(item.key);
    const end = sameBytes + fenceBytes;
    if (stored && stored.length >= end && item.value.length >= end) {
      const isSame = compare(stored, item.value, 0, sameBytes) === 0;
      if (isSame && compare(stored, item.value, sameBytes, end) > 0) return false;
    }
    this.set(item);
    return true;
  }

  setIfUnchanged(item: StoredItem, expected: Uint8Array | null): boolean {
    const stored = this.get(item.key);
    const isUnchanged =
      expected === null
        ? stored === null
        : stored !== null && compare(stored, expected, 0, expected.length) === 0;
    if (isUnchanged) this.set(item);
    return isUnchanged;
  }

  acquireLease(key: string, token: Uint8Array, ttlMs: number): Uint8Array | null {
    const holder = this.get(key);
    if (!holder) this.set({ key, value: token, ttlMs });
    return holder;
  }

  releaseLease(key: string, token: Uint8Array): boolean {
    return this.#isHeldBy(key, token) && this.del(key) === 1;
  }

  extendLease(key: string, token: Uint8Array, ttlMs: number): boolean {
    if (!this.#isHeldBy(key, token)) return false;
    this.set({ key, value: token, ttlMs });
    return true;
  }

  /** Drops all values and leases; the journal is a matter of its own. */
  wipe(): void {
    this.#items.clear();
  }

  /** Returns the way back to how everything is now. */
  snapshot(): () => void {
    const items = new Map(this.#items);
    const journal = this.journal.snapshot();
    return () => {
      this.#items = new Map(items);
      this.journal.restore(journal);
    };
  }

  #isHeldBy(key: string, token: Uint8Array): boolean {
    const holder = this.get(key);
    return holder !== null && Buffer.compare(holder, token) === 0;
  }
}

/** Bytewise, of the stretch `from` to `to`. */
function compare(a: Uint8Array, b: Uint8Array, from: number, to: number): number {
  return Buffer.compare(a.subarray(from, to), b.subarray(from, to));
}
