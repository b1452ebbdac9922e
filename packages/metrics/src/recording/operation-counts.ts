import {
  cellOf,
  CELLS,
  isHit,
  isMiss,
  isRead,
  OUTCOMES,
  TIERS,
  type MeasuredKind,
  type MeasuredOutcome,
} from './measured-operation.js';

/** Labels that are the same for all operations of a group. */
interface OperationGroup {
  readonly operation: MeasuredKind;
  readonly template: string;
  readonly strategy: string;
  readonly level: string;
}

/** Operations that were alike in every label. */
export interface OperationCount extends OperationGroup {
  readonly outcome: MeasuredOutcome;
  /** The tier that answered; `none` when none did. */
  readonly tier: (typeof TIERS)[number];
  /** A batch counts each of its keys. */
  readonly count: number;
}

interface Group extends OperationGroup {
  readonly cells: Float64Array;
  /** What they were at the last {@link OperationCounts.reset}. */
  readonly before: Float64Array;
}

/**
 * Counts by every label that operations have. What exporters read only grows; what `list` and `totals` give begins again
 * at 0 with `reset`.
 */
export class OperationCounts {
  readonly #groups = new Map<string, Group>();

  /** The cells of a group, to be counted in at the index that {@link cellOf} gives. */
  cells(operation: MeasuredKind, template: string, strategy: string, level: string): Float64Array {
    const id = `${operation}\n${strategy}\n${level}\n${template}`;
    let group = this.#groups.get(id);
    if (!group) {
      const cells = new Float64Array(CELLS);
      group = { operation, template, strategy, level, cells, before: new Float64Array(CELLS) };
      this.#groups.set(id, group);
    }
    return group.cells;
  }

  /** What was counted since start; combinations that did not occur are left out. */
  all(): readonly OperationCount[] {
    return this.#rows(({ cells }, at) => cells[at] ?? 0);
  }

  /** As {@link all}, since {@link reset}. */
  list(): readonly OperationCount[] {
    return this.#rows(({ cells, before }, at) => (cells[at] ?? 0) - (before[at] ?? 0));
  }

  reset(): void {
    for (const { cells, before } of this.#groups.values()) before.set(cells);
  }

  #rows(countOf: (group: Group, at: number) => number): readonly OperationCount[] {
    const rows: OperationCount[] = [];
    for (const group of this.#groups.values()) {
      const { operation, template, strategy, level } = group;
      OUTCOMES.forEach((outcome) => {
        TIERS.forEach((tier) => {
          const count = countOf(group, cellOf(outcome, tier === 'none' ? null : tier));
          if (count > 0) rows.push({ operation, template, strategy, level, outcome, tier, count });
        });
      });
    }
    return rows;
  }
}

/** Reads of callers among the rows: those answered from the cache, and those that it could not answer. */
export function hitsAndMisses(rows: readonly OperationCount[]): {
  readonly hits: number;
  readonly misses: number;
} {
  let hits = 0;
  let misses = 0;
  for (const { operation, outcome, count } of rows) {
    if (!isRead(operation)) continue;
    if (isHit(outcome)) hits += count;
    else if (isMiss(outcome)) misses += count;
  }
  return { hits, misses };
}
