import type { OperationResult } from '../middleware/cache-middleware.js';
import type { FoundEntry } from '../repository/found-entry.js';

/** How one of many ended. */
export type Ended = Pick<OperationResult, 'outcome' | 'tier'>;

export const MISSED: Ended = { outcome: 'miss', tier: null };
/** Of no keys. */
const NOTHING: Ended = { outcome: 'bypass', tier: null };
/** There are few ways to be found, and no need of an object for each key. */
const FOUND = {
  l1: { hit: { outcome: 'hit', tier: 'l1' }, stale: { outcome: 'stale', tier: 'l1' } },
  l2: { hit: { outcome: 'hit', tier: 'l2' }, stale: { outcome: 'stale', tier: 'l2' } },
} as const;

/** What was found fresh in the shared tier. */
export const FRESH: Ended = FOUND.l2.hit;

/** How a look for one key that needs no load ended. */
export function endedWith({ entry, tier }: FoundEntry, nowMs: number): Ended {
  return FOUND[tier][entry.isSoftened || entry.staleAt <= nowMs ? 'stale' : 'hit'];
}

/** What a batch counts as: as good as its worst part. */
export function worstOf(results: readonly Ended[]): Ended {
  const worst = results.find(({ outcome }) => outcome !== 'hit' && outcome !== 'stale');
  return worst ?? results.find(({ outcome }) => outcome === 'stale') ?? results[0] ?? NOTHING;
}
