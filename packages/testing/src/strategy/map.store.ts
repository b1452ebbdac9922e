import type { Clock, ICacheProvider } from '@vitalcache/core';

/** The least that can be a store: bytes with a time to live. */
export class MapStore implements ICacheProvider {
  readonly name = 'map';
  /** Questions so far, of any kind. */
  asked = 0;
  readonly #items = new Map<string, { readonly value: Uint8Array; readonly expiresAt: number }>();
  readonly #clock: Pick<Clock, 'now'>;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Entries that are there, of whatever kind. */
  get size(): number {
    return this.#items.size;
  }

  async get(key: string): Promise<Uint8Array | null> {
    this.asked++;
    const item = this.#items.get(key);
    return item && item.expiresAt > this.#clock.now() ? new Uint8Array(item.value) : null;
  }

  async set(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    this.asked++;
    this.#items.set(key, {
      value: new Uint8Array(value),
      expiresAt: this.#clock.now() + ttlMs,
    });
  }

  async del(key: string): Promise<number> {
    this.asked++;
    return this.#items.delete(key) ? 1 : 0;
  }
}
