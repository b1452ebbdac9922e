const CAPACITY = 128;
/** Half of what was counted is forgotten after so many, so that what was is outweighed by what is. */
const HALVED_AFTER = 4_096;

interface Counted {
  count: number;
  readonly note: string;
}

/**
 * The most frequent of many items in fixed memory: the Space-Saving algorithm of Metwally, Agrawal and El Abbadi
 * ("Efficient Computation of Frequent and Top-k Elements in Data Streams", 2005). Counts are at most too high, by no more
 * than the least that is kept.
 */
export class FrequentItems {
  readonly #counted = new Map<string, Counted>();
  #total = 0;

  add(item: string, note: string): void {
    if (this.#total >= HALVED_AFTER) this.#halve();
    this.#total++;
    const known = this.#counted.get(item);
    if (known) {
      known.count++;
      return;
    }
    const count = this.#counted.size < CAPACITY ? 0 : this.#dropLeast();
    this.#counted.set(item, { count: count + 1, note });
  }

  /** Those with the most, the first the most frequent. */
  top(limit: number): readonly { item: string; note: string; share: number }[] {
    return [...this.#counted]
      .sort(([, a], [, b]) => b.count - a.count)
      .slice(0, limit)
      .map(([item, { count, note }]) => ({ item, note, share: count / this.#total }));
  }

  clear(): void {
    this.#counted.clear();
    this.#total = 0;
  }

  /** Returns what it had. */
  #dropLeast(): number {
    let least: [string, number] = ['', Infinity];
    for (const [item, { count }] of this.#counted) if (count < least[1]) least = [item, count];
    this.#counted.delete(least[0]);
    return least[1];
  }

  #halve(): void {
    this.#total /= 2;
    for (const counted of this.#counted.values()) counted.count /= 2;
  }
}
