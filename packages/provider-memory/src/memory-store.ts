import { LRUCache } from 'lru-cache';

/**
 * Bytes charged for an entry beside its key (two a character) and its value: the slots of the cache, the entry object
 * and the array's own objects. Measured with 100 000 entries on Node 20: 360 on the heap, the rest beside it.
 */
export const ENTRY_OVERHEAD_BYTES = 400;

interface Entry {
  readonly value: Uint8Array;
  /** Milliseconds of the store's clock; from then on the entry does not exist. */
  readonly expiresAt: number;
}

export interface MemoryStoreOptions {
  readonly maxBytes: number;
  /** Wall clock in milliseconds. */
  readonly now: () => number;
}

/**
 * Keys to bytes within a bound: the least recently used go first. What has expired is dropped when it is met or when
 * room is needed. Holds copies and hands out copies.
 */
export class MemoryStore {
  readonly maxBytes: number;
  readonly #entries: LRUCache<string, Entry>;
  readonly #now: () => number;

  constructor({ maxBytes, now }: MemoryStoreOptions) {
    this.maxBytes = maxBytes;
    this.#now = now;
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ value }, key) => value.byteLength + 2 * key.length + ENTRY_OVERHEAD_BYTES,
    });
  }

  /** Bytes charged for what is held, expired or not. */
  get usedBytes(): number {
    return this.#entries.calculatedSize;
  }

  get(key: string): Uint8Array | null {
    const value = this.peek(key);
    if (value) this.#entries.get(key);
    return value && new Uint8Array(value);
  }

  /** The stored array itself, not to be changed or kept; does not count as a use. */
  peek(key: string): Uint8Array | null {
    const entry = this.#entries.peek(key);
    if (!entry) return null;
    if (entry.expiresAt > this.#now()) return entry.value;
    this.#entries.delete(key);
    return null;
  }

  /** Milliseconds until a key goes; `null`: it is not there. */
  timeLeft(key: string): number | null {
    const entry = this.#entries.peek(key);
    const leftMs = entry ? entry.expiresAt - this.#now() : 0;
    return leftMs > 0 ? leftMs : null;
  }

  /** Stores a copy. A value that is larger than the whole store replaces what was there and is dropped at once. */
  set(key: string, value: Uint8Array, ttlMs: number): void {
    this.#entries.set(key, { value: new Uint8Array(value), expiresAt: this.#now() + ttlMs });
  }

  /** Whether there was something to delete. */
  delete(key: string): boolean {
    const existed = this.peek(key) !== null;
    this.#entries.delete(key);
    return existed;
  }

  /** A snapshot of the keys, expired ones included. */
  keys(): readonly string[] {
    return [...this.#entries.keys()];
  }

  clear(): void {
    this.#entries.clear();
  }
}
