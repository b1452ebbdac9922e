/**
 * Answers "the latest stamp that covers this hash" in nanoseconds and fixed memory. A record raises two slots, one
 * for each half of a hash, to its stamp; a lookup takes the smaller of the two. Collisions only make a stamp look
 * later than it is: a needless miss, never a stale hit. (The min-of-slots idea is the count-min sketch of Cormode and
 * Muthukrishnan, with maximum instead of sum.)
 */
export class Sketch {
  readonly #slots: Float64Array;
  readonly #mask: number;

  /** @param slots a power of two; the sketch takes 8 bytes each. */
  constructor(slots: number) {
    this.#slots = new Float64Array(slots);
    this.#mask = slots - 1;
  }

  /** @param hashes pairs of 32-bit halves. */
  raise(hashes: Uint32Array, stamp: number): void {
    for (const half of hashes) {
      const slot = half & this.#mask;
      if ((this.#slots[slot] as number) < stamp) this.#slots[slot] = stamp;
    }
  }

  /** Whether any of the hashes (pairs of halves) may be covered by a stamp later than `after`. */
  isRaised(hashes: ArrayLike<number>, after: number): boolean {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let i = 0; i < hashes.length; i += 2) {
      if (
        (slots[(hashes[i] as number) & mask] as number) > after &&
        (slots[(hashes[i + 1] as number) & mask] as number) > after
      ) {
        return true;
      }
    }
    return false;
  }

  /** As {@link isRaised}, for one hash. */
  isPairRaised(low: number, high: number, after: number): boolean {
    return (
      (this.#slots[low & this.#mask] as number) > after &&
      (this.#slots[high & this.#mask] as number) > after
    );
  }

  clear(): void {
    this.#slots.fill(0);
  }
}
