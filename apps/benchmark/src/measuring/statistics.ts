/** The value that a share of the others is not above. @param values at least one */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
}

/** @param values at least one */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The median over rounds of how often `other` goes into `own` of the same round. */
export function ratioOf(own: readonly number[], other: readonly number[]): number {
  const rounds = Math.min(own.length, other.length);
  return median(own.slice(0, rounds).map((value, round) => value / (other[round] as number)));
}

/** Where the middle half of values lies. */
export interface Spread {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** @param values at least one */
export function spreadOf(values: readonly number[]): Spread {
  return { low: quantile(values, 0.25), median: median(values), high: quantile(values, 0.75) };
}
