/** More edits than this share of a name are another name, not a slip. */
const MAX_EDITS_RATIO = 0.34;

/** Which of the candidates was probably meant; `undefined` if none looks like it. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: editsBetween(name, candidate) }))
    .sort((a, b) => a.edits - b.edits);
  const [best] = ranked;
  return best && best.edits <= name.length * MAX_EDITS_RATIO ? best.candidate : undefined;
}

/** An unknown name, with the one that was probably meant: `tll (did you mean ttl?)`. */
export function withNearest(name: string, candidates: readonly string[]): string {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? name : `${name} (did you mean ${nearest}?)`;
}

/**
 * Levenshtein distance, row by row (Wagner and Fischer, 1974), in which two neighbours that changed places are one edit
 * (Damerau, 1964): that is how most slips are made.
 */
function editsBetween(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      const isSwapped = j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j];
      const swapped = isSwapped ? (before[j - 1] ?? 0) + 1 : Infinity;
      next.push(Math.min(replaced, swapped, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
