import { escapeHtml } from './chart.renderer.js';

/** What stands in a cell: a text, or one with a class. */
export type Cell =
  string | { readonly text: string; readonly kind: string; readonly hint?: string };

/** A table; rows may have a class. */
export function table(
  heads: readonly string[],
  rows: readonly { readonly cells: readonly Cell[]; readonly kind?: string }[],
): string {
  const head = heads.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('');
  const body = rows.map(({ cells, kind }) => {
    return `<tr${kind ? ` class="${kind}"` : ''}>${cells.map(cellOf).join('')}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

function cellOf(cell: Cell): string {
  if (typeof cell === 'string') return `<td>${escapeHtml(cell)}</td>`;
  const hint = cell.hint ? ` title="${escapeHtml(cell.hint)}"` : '';
  return `<td class="${cell.kind}"${hint}>${escapeHtml(cell.text)}</td>`;
}
