import type { Coverage } from '../journal/journal-record.js';

/**
 * What the invalidations that are known mean for an entry: `valid`; `soft`: covered, but only by invalidations that
 * make stale; `covered`: not to be served.
 */
export type Verdict = 'valid' | 'soft' | 'covered';

/** What becomes of an entry that `coverage` covers. A kind that is not known never spares anything. */
export function verdictOf(coverage: Coverage): Exclude<Verdict, 'valid'> {
  return coverage.isSoft && coverage.kind !== 'unknown' ? 'soft' : 'covered';
}

/** The one of the two that allows less. */
export function worse(a: Verdict, b: Verdict): Verdict {
  return a === 'covered' || b === 'valid' ? a : b;
}
