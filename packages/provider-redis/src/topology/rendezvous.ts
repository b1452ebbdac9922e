import { xxh64 } from '@node-rs/xxhash';

/** A store that takes a share of the keys. */
export interface Weighted {
  /** Decides which keys it gets: another name, other keys. */
  readonly name: string;
  /** Its share relative to the others; positive. */
  readonly weight: number;
}

/**
 * Chooses a store for each key by weighted rendezvous hashing (Schindelhauer and Schomaker, 2005): each store draws
 * -weight / ln(u) with a `u` in (0, 1) that follows from key and name, and the highest draw wins. A store that is added
 * takes its share from the others and moves nothing between them; one that is lost leaves its share to them.
 */
export class Rendezvous {
  readonly #weights: readonly number[];
  readonly #seeds: readonly bigint[];

  constructor(stores: readonly Weighted[]) {
    this.#weights = stores.map(({ weight }) => weight);
    this.#seeds = stores.map(({ name }) => xxh64(name));
  }

  /** Index of the store. @param text what stands for the key: its hash tag */
  indexOf(text: string): number {
    let best = 0;
    let highest = -Infinity;
    for (let i = 0; i < this.#seeds.length; i++) {
      const draw = -(this.#weights[i] as number) / Math.log(unit(xxh64(text, this.#seeds[i])));
      if (draw > highest) [best, highest] = [i, draw];
    }
    return best;
  }
}

/** The upper 53 bits as a number in (0, 1). */
function unit(hash: bigint): number {
  return (Number(hash >> 11n) + 0.5) / 2 ** 53;
}
