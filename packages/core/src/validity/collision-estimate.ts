import type { Sketch } from './sketch.js';

/** One check in so many is sampled; a power of two. */
const ONE_IN = 16;
/** Where even this many draws collide, the sketch is full, and the estimate need not be exact. */
const MAX_DRAWS = 64;

/**
 * Estimates how many checks were refused only because other hashes share their slots, in fixed memory and almost for
 * free. A check that collides can't be told from one that is covered; but one that was not refused shows how likely a
 * collision was. With p as that likelihood, drawing random hashes until they don't collide takes p / (1 - p) draws
 * more than one, and 1 - p is the share of uncovered checks that come here: the product is p of them, without bias.
 * Where many entries share a prefix or a tag, the truth lies now above, now below: they collide, or don't, together.
 */
export class CollisionEstimate {
  #turn = 0;
  /** State of a xorshift generator (Marsaglia 2003, 13-17-5). */
  #seed = 0x9e3779b9;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Takes note of a check that probed `pairs` hashes for stamps later than `after` and was not refused. */
  observe(sketch: Sketch, pairs: number, after: number): void {
    this.#turn = (this.#turn + 1) % ONE_IN;
    if (this.#turn !== 0) return;
    for (let draw = 0; draw < MAX_DRAWS && this.#collides(sketch, pairs, after); draw++) {
      this.#count += ONE_IN;
    }
  }

  #collides(sketch: Sketch, pairs: number, after: number): boolean {
    for (let i = 0; i < pairs; i++) {
      if (sketch.isPairRaised(this.#random(), this.#random(), after)) return true;
    }
    return false;
  }

  #random(): number {
    this.#seed ^= this.#seed << 13;
    this.#seed ^= this.#seed >>> 17;
    this.#seed ^= this.#seed << 5;
    return this.#seed;
  }
}
