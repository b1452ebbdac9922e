/** Numbers, kept and told as ranges: `3,5-9`. */
export class NumberRanges {
  readonly #ranges: { from: number; to: number }[] = [];

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  /** How many numbers. */
  get count(): number {
    return this.#ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  }

  add(from: number, to = from): void {
    const last = this.#ranges.at(-1);
    if (last && from === last.to + 1) last.to = to;
    else this.#ranges.push({ from, to });
  }

  has(number: number): boolean {
    return this.#ranges.some(({ from, to }) => number >= from && number <= to);
  }

  /** Takes the first `max` ranges out. */
  take(max: number): NumberRanges {
    const taken = new NumberRanges();
    for (const { from, to } of this.#ranges.splice(0, max)) taken.add(from, to);
    return taken;
  }

  *[Symbol.iterator](): Generator<{ readonly from: number; readonly to: number }> {
    yield* this.#ranges;
  }

  toString(): string {
    return this.#ranges
      .map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`))
      .join(',');
  }

  /** What {@link toString} told; parts that are none are left out. */
  static parse(text: string): NumberRanges {
    const ranges = new NumberRanges();
    for (const part of text.split(',')) {
      const match = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(part);
      if (match) ranges.add(Number(match[1]), Number(match[2] ?? match[1]));
    }
    return ranges;
  }
}
