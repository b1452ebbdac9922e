/** What stands in a table; `null`: nothing is known. */
export type Cell = string | number | null;

/** The title line, then a line for each row; columns are aligned, numbers to the right. */
export function tableLines(
  titles: readonly string[],
  rows: readonly (readonly Cell[])[],
): readonly string[] {
  const texts = [titles, ...rows.map((row) => row.map(textOf))];
  const widths = titles.map((_, i) => Math.max(...texts.map((row) => (row[i] ?? '').length)));
  const isNumeric = titles.map((_, i) => rows.some((row) => typeof row[i] === 'number'));
  return texts.map((row) =>
    row
      .map((text, i) =>
        isNumeric[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

function textOf(cell: Cell): string {
  return typeof cell === 'number' ? cell.toLocaleString('en').replaceAll(',', ' ') : (cell ?? '-');
}
