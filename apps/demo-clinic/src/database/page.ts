/** A part of a list in the order of ids. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The cursor of the next page, null on the last one. */
  readonly nextCursor: string | null;
}

/** Cuts a page from rows of which one more was asked for than fits: the surplus row tells that there is a next page. */
export function toPage<T extends { readonly id: string }>(
  rows: readonly T[],
  limit: number,
): Page<T> {
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
