/**
 * Ranks from 0 that are asked for as often as Zipf's law says (rank r with a weight of 1 / (r + 1) ^ skew), the same for
 * the same seed.
 */
export function zipfTrace(ranks: number, length: number, skew = 0.99, seed = 1): number[] {
  const sums = new Float64Array(ranks);
  let sum = 0;
  for (let rank = 0; rank < ranks; rank++) sums[rank] = sum += 1 / (rank + 1) ** skew;
  let state = seed;
  return Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return firstAtLeast(sums, (state / 2 ** 31) * sum);
  });
}

function firstAtLeast(sums: Float64Array, wanted: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
