import type { CacheOperation, OperationKind, OperationOutcome, Tier } from '@vitalcache/core';

/** What was done, as metrics see it: `warm` is a read that nobody waits for. */
export type MeasuredKind = OperationKind | 'warm';

/**
 * How an operation ended as metrics see it: as the cache says, or
 * - `rejected`: the loader of a `read` threw; the cache did its part
 * - `failed`: the cache itself rejected it
 */
export type MeasuredOutcome = OperationOutcome | 'rejected' | 'failed';

/** The label of what has none. */
export const NONE = 'none';

/** What every label of an operation is one of, but for templates and strategies, which configuration bounds. */
export const OUTCOMES = [
  'hit',
  'stale',
  'miss',
  'joined',
  'bypass',
  'recorded',
  'queued',
  'rejected',
  'failed',
  'done',
] as const satisfies readonly MeasuredOutcome[];

export const TIERS = ['l1', 'l2', NONE] as const;

/** Index in {@link OUTCOMES}; the compiler sees to it that none lacks. */
const OUTCOME_INDEX: Readonly<Record<MeasuredOutcome, number>> = {
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
};

/** Cells that hold every outcome of every tier. */
export const CELLS = OUTCOMES.length * TIERS.length;

/** Where an outcome of a tier stands among {@link CELLS}. */
export function cellOf(outcome: MeasuredOutcome, tier: Tier | null): number {
  return OUTCOME_INDEX[outcome] * TIERS.length + (tier === 'l1' ? 0 : tier === 'l2' ? 1 : 2);
}

export function kindOf({
  kind,
  isWarming,
}: Pick<CacheOperation, 'kind' | 'isWarming'>): MeasuredKind {
  return isWarming ? 'warm' : kind;
}

/** Whether it is one that callers ask for values by, so that its outcome is a hit or a miss. */
export function isRead(kind: MeasuredKind): boolean {
  return kind === 'read' || kind === 'get';
}

export function isHit(outcome: MeasuredOutcome): boolean {
  return outcome === 'hit' || outcome === 'stale';
}

export function isMiss(outcome: MeasuredOutcome): boolean {
  return outcome === 'miss' || outcome === 'joined' || outcome === 'rejected';
}

/** Whether the cache failed it. */
export function isFailure(outcome: MeasuredOutcome): boolean {
  return outcome === 'failed' || outcome === 'queued';
}
