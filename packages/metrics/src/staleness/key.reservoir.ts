/** A read that was answered from the cache. */
export interface SampledRead {
  readonly key: string;
  /** As its options say; `unnamed` without one. */
  readonly template: string;
}

/**
 * A few of many reads, each as likely as any other of its round, however many there are: Algorithm L of Li ("Reservoir-
 * Sampling Algorithms of Time Complexity O(n(1 + log(N/n)))", 1994), which knows beforehand how many reads to let pass, so
 * that most cost a subtraction. Its keys may name people: they stay here.
 */
export class KeyReservoir {
  readonly #size: number;
  readonly #random: () => number;
  #reads: SampledRead[] = [];
  /** Reads of this round that are in the sample. */
  #taken = 0;
  #skip = 0;
  #weight = 1;

  /** @param random uniform in [0, 1) */
  constructor(size: number, random: () => number) {
    this.#size = size;
    this.#random = random;
  }

  get length(): number {
    return this.#reads.length;
  }

  offer(key: string, template: string): void {
    if (this.#skip > 0) this.#skip--;
    else this.#take({ key, template });
  }

  /** One of the sample, at random, which leaves it; the last one ends the round. `null` if it is empty. */
  draw(): SampledRead | null {
    const last = this.#reads.pop();
    if (!last) return null;
    if (this.#reads.length === 0) this.turn();
    const at = this.#below(this.#reads.length + 1);
    const drawn = this.#reads[at];
    if (!drawn) return last;
    this.#reads[at] = last;
    return drawn;
  }

  /** From here on the sample is one of what is read from now on; what is in it goes as that comes. */
  turn(): void {
    this.#taken = 0;
    this.#skip = 0;
    this.#weight = 1;
  }

  clear(): void {
    this.#reads = [];
    this.turn();
  }

  #take(read: SampledRead): void {
    const isFilling = this.#taken < this.#size;
    const at = isFilling ? this.#taken++ : this.#below(this.#size);
    if (at < this.#reads.length) this.#reads[at] = read;
    else this.#reads.push(read);
    if (this.#taken < this.#size) return;
    this.#weight *= Math.exp(Math.log(this.#fraction()) / this.#size);
    this.#skip = Math.floor(Math.log(this.#fraction()) / Math.log(1 - this.#weight));
  }

  #below(bound: number): number {
    return Math.floor(this.#random() * bound);
  }

  /** In (0, 1): of 0 there is no logarithm. */
  #fraction(): number {
    return Math.max(this.#random(), Number.EPSILON);
  }
}
