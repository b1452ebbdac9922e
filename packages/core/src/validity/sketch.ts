/** Slots of the summary, which stays in the processor's nearest memory where the sketch does not. */
const SUMMARY_SLOTS = 2 ** 12;

/**
 * Answers "the latest stamp that covers this hash" in nanoseconds and fixed memory. A record raises two slots, one
 * for each half of a hash, to its stamp; a lookup takes the smaller of the two. Collisions only make a stamp look
 * later than it is: a needless miss, never a stale hit. (The min-of-slots idea is the count-min sketch of Cormode and
 * Muthukrishnan, with maximum instead of sum.)
 */
export class Sketch {
  readonly #slots: Float64Array;
  readonly #mask: number;
  /** The latest stamp of all slots that end alike: while little was invalidated lately, it says no for them. */
  readonly #summary: Float64Array;
  readonly #summaryMask: number;

  /** @param slots a power of two; the sketch takes 8 bytes each. */
  constructor(slots: number) {
    this.#slots = new Float64Array(slots);
    this.#mask = slots - 1;
    this.#summary = new Float64Array(Math.min(slots, SUMMARY_SLOTS));
    this.#summaryMask = this.#summary.length - 1;
  }

  /** @param hashes pairs of 32-bit halves. */
  raise(hashes: Uint32Array, stamp: number): void {
    for (const half of hashes) {
      const slot = half & this.#mask;
      if ((this.#slots[slot] as number) < stamp) this.#slots[slot] = stamp;
      const place = half & this.#summaryMask;
      if ((this.#summary[place] as number) < stamp) this.#summary[place] = stamp;
    }
  }

  /** Whether any of the hashes (pairs of halves) may be covered by a stamp later than `after`. */
  isRaised(hashes: ArrayLike<number>, after: number): boolean {
    for (let i = 0; i < hashes.length; i += 2) {
      if (this.isPairRaised(hashes[i] as number, hashes[i + 1] as number, after)) return true;
    }
    return false;
  }

  /** As {@link isRaised}, for one hash. */
  isPairRaised(low: number, high: number, after: number): boolean {
    return (
      (this.#summary[low & this.#summaryMask] as number) > after &&
      (this.#summary[high & this.#summaryMask] as number) > after &&
      (this.#slots[low & this.#mask] as number) > after &&
      (this.#slots[high & this.#mask] as number) > after
    );
  }

  clear(): void {
    this.#slots.fill(0);
    this.#summary.fill(0);
  }
}
