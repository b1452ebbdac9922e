import type { OperationKind, OperationOutcome, Tier } from '@vitalcache/core';

/**
 * How an operation ended as metrics see it: as the cache says, or
 * - `rejected`: the loader of a `read` threw; the cache did its part
 * - `failed`: the cache itself rejected it
 */
export type MeasuredOutcome = OperationOutcome | 'rejected' | 'failed';

/** Operations that were alike in every label. */
export interface OperationCount {
  readonly kind: OperationKind;
  readonly outcome: MeasuredOutcome;
  /** The tier that answered; `null` when none did. */
  readonly tier: Tier | null;
  /** Name of the strategy of a `read`; `null` for anything else. */
  readonly strategy: string | null;
  readonly count: number;
  /** Milliseconds that they took together, each from its own start to its own end. */
  readonly totalMs: number;
}

const KINDS = {
  read: 0,
  get: 1,
  set: 2,
  del: 3,
  invalidate: 4,
  clear: 5,
  update: 6,
  configure: 7,
  admin: 8,
} as const satisfies Record<OperationKind, number>;
const OUTCOMES = {
  hit: 0,
  stale: 1,
  miss: 2,
  joined: 3,
  bypass: 4,
  recorded: 5,
  queued: 6,
  rejected: 7,
  failed: 8,
  done: 9,
} as const satisfies Record<MeasuredOutcome, number>;
const TIERS = ['l1', 'l2', null] as const;

const KIND_NAMES = Object.keys(KINDS) as readonly (keyof typeof KINDS)[];
const OUTCOME_NAMES = Object.keys(OUTCOMES) as readonly (keyof typeof OUTCOMES)[];

/** Counts by kind, outcome, tier and strategy: two numbers a cell, so that counting allocates nothing. */
export class OperationCounts {
  /** By strategy, which configuration bounds. */
  readonly #cells = new Map<string | null, Float64Array>();

  add(
    kind: OperationKind,
    strategy: string | null,
    outcome: MeasuredOutcome,
    tier: Tier | null,
    durationMs: number,
  ): void {
    let cells = this.#cells.get(strategy);
    if (!cells) {
      cells = new Float64Array(KIND_NAMES.length * OUTCOME_NAMES.length * TIERS.length * 2);
      this.#cells.set(strategy, cells);
    }
    const tierIndex = tier === 'l1' ? 0 : tier === 'l2' ? 1 : 2;
    const row = KINDS[kind] * OUTCOME_NAMES.length + OUTCOMES[outcome];
    const at = (row * TIERS.length + tierIndex) * 2;
    cells[at] = (cells[at] ?? 0) + 1;
    cells[at + 1] = (cells[at + 1] ?? 0) + durationMs;
  }

  /** What was counted so far; combinations that did not occur are left out. */
  list(): readonly OperationCount[] {
    const found: OperationCount[] = [];
    for (const [strategy, cells] of this.#cells) {
      let at = 0;
      for (const kind of KIND_NAMES) {
        for (const outcome of OUTCOME_NAMES) {
          for (const tier of TIERS) {
            const [count = 0, totalMs = 0] = cells.subarray(at, at + 2);
            if (count > 0) found.push({ kind, outcome, tier, strategy, count, totalMs });
            at += 2;
          }
        }
      }
    }
    return found;
  }

  reset(): void {
    this.#cells.clear();
  }
}
