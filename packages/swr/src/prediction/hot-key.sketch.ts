import { assertOptionNames, type ICacheProvider, type OptionNames } from '@vitalcache/core';

import { decodeHotKeys, encodeHotKeys, type HotKey } from './hot-key.codec.js';

/** How many keys a {@link HotKeySketch} holds, and how fast it forgets. */
export interface HotKeySketchOptions {
  /** Default: 1 000. */
  readonly capacity?: number;
  /** Time in which an old read comes to count half as much as a new one. Default: 21 600 000, six hours. */
  readonly halfLifeMs?: number;
}

const NAMES: OptionNames<HotKeySketchOptions> = { capacity: true, halfLifeMs: true };

interface Counter {
  readonly key: string;
  readonly template: string;
  count: number;
  error: number;
  /** Where it stands in the heap. */
  index: number;
}

/** Beyond 2^64 the weights are scaled down, long before doubles get coarse. */
const MAX_EXPONENT = 64;
/** How long a store keeps it: longer than any weekend. */
const KEPT_MS = 7 * 86_400_000;

/**
 * The keys that are read most, in fixed memory: Space-Saving (Metwally, Agrawal, El Abbadi, "Efficient Computation of
 * Frequent and Top-k Elements in Data Streams", ICDT 2005). Every key with more than 1/capacity of all reads is in it.
 * Old reads fade by forward decay (Cormode et al., ICDE 2009): new ones weigh more, so that nothing is ever swept.
 */
export class HotKeySketch {
  readonly #capacity: number;
  readonly #halfLifeMs: number;
  readonly #counters = new Map<string, Counter>();
  /** A binary heap, the smallest count first. */
  readonly #heap: Counter[] = [];
  #originAt: number | null = null;

  /** @throws CacheError `CONFIG_INVALID` for what there is no option of */
  constructor(options: HotKeySketchOptions = {}) {
    assertOptionNames('hotKeys', options, NAMES);
    const { capacity = 1_000, halfLifeMs = 21_600_000 } = options;
    this.#capacity = Math.max(1, capacity);
    this.#halfLifeMs = halfLifeMs;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** Counts a read. `at`: milliseconds since 1970. */
  add(template: string, key: string, at: number): void {
    this.#add({ template, key, count: this.#weightAt(at), error: 0 });
  }

  /** The keys with the highest counts as of `at`, the highest first. */
  top(n: number, at: number): readonly HotKey[] {
    const weight = this.#weightAt(at);
    return [...this.#heap]
      .sort((a, b) => b.count - a.count)
      .slice(0, n)
      .map(({ key, template, count, error }) => ({
        key,
        template,
        count: count / weight,
        error: error / weight,
      }));
  }

  /**
   * Adds what was saved under `name`, faded by the time since. What is not there, unreadable or corrupt counts as
   * nothing. Resolves with the number of keys.
   */
  async load(provider: Pick<ICacheProvider, 'get'>, name: string, at: number): Promise<number> {
    const bytes = await this.#fetch(provider, name);
    const saved = bytes && decodeHotKeys(bytes, this.#capacity);
    if (!saved) return 0;
    const faded = this.#weightAt(at) * 2 ** (Math.min(0, saved.savedAt - at) / this.#halfLifeMs);
    for (const { key, template, count, error } of saved.keys) {
      this.#add({ key, template, count: count * faded, error: error * faded });
    }
    return saved.keys.length;
  }

  /**
   * Saves the keys of templates that `isPersisted` takes, for seven days. Keys are saved as they are, because they are
   * to be warmed: take no template whose keys name people. Processes that share a name overwrite each other. Rejects
   * when the store does.
   */
  async save(
    provider: Pick<ICacheProvider, 'set'>,
    name: string,
    at: number,
    isPersisted: (template: string) => boolean,
  ): Promise<void> {
    const keys = this.top(this.#capacity, at).filter(({ template }) => isPersisted(template));
    await provider.set(name, encodeHotKeys({ savedAt: at, keys }), KEPT_MS);
  }

  async #fetch(provider: Pick<ICacheProvider, 'get'>, name: string): Promise<Uint8Array | null> {
    try {
      return await provider.get(name);
    } catch {
      return null; // the store is down: a cold start
    }
  }

  #add({ key, template, count, error }: HotKey): void {
    const known = this.#counters.get(key);
    const smallest = this.#heap[0];
    if (known) {
      known.count += count;
      known.error += error;
      this.#sink(known);
    } else if (smallest && this.#heap.length >= this.#capacity) {
      this.#counters.delete(smallest.key);
      const { count: taken } = smallest; // the newcomer may have been read as often as this before
      const counter = { key, template, count: taken + count, error: taken + error, index: 0 };
      this.#counters.set(key, counter);
      this.#heap[0] = counter;
      this.#sink(counter);
    } else {
      const counter = { key, template, count, error, index: this.#heap.length };
      this.#counters.set(key, counter);
      this.#heap.push(counter);
      this.#rise(counter);
    }
  }

  /** What a read at this moment counts; times before the first read count as that moment. */
  #weightAt(at: number): number {
    this.#originAt ??= at;
    const exponent = Math.max(0, at - this.#originAt) / this.#halfLifeMs;
    if (exponent <= MAX_EXPONENT) return 2 ** exponent;
    for (const counter of this.#heap) {
      counter.count *= 2 ** -exponent;
      counter.error *= 2 ** -exponent;
    }
    this.#originAt = at;
    return 1;
  }

  #rise(counter: Counter): void {
    for (;;) {
      const parent = this.#heap[(counter.index - 1) >> 1];
      if (counter.index === 0 || !parent || parent.count <= counter.count) return;
      this.#swap(counter, parent);
    }
  }

  #sink(counter: Counter): void {
    for (;;) {
      const [left, right] = [this.#heap[2 * counter.index + 1], this.#heap[2 * counter.index + 2]];
      const child = left && right && right.count < left.count ? right : left;
      if (!child || child.count >= counter.count) return;
      this.#swap(counter, child);
    }
  }

  #swap(a: Counter, b: Counter): void {
    [a.index, b.index] = [b.index, a.index];
    this.#heap[a.index] = a;
    this.#heap[b.index] = b;
  }
}
