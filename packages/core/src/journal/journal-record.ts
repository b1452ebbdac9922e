import type { Epoch } from './fence.js';

/** Identity of a record: its stamp and a random nonce that tells a rewritten history from the one known. */
export interface RecordRef {
  /** Microseconds, unique and increasing within the journal; a safe integer. */
  readonly stamp: number;
  /** Random 32 bit. */
  readonly nonce: number;
}

/** Whether both name the same record. */
export function isSameRecord(a: RecordRef | null, b: RecordRef): boolean {
  return a !== null && a.stamp === b.stamp && a.nonce === b.nonce;
}

/** What an invalidation does beside making things invalid. Absent: covered is invalid, and at once loadable. */
export interface CoverageTerms {
  /** Covered means stale, not invalid: still served, and refreshed. */
  readonly isSoft?: true;
  /**
   * Milliseconds during which a load that starts is returned but not stored, because its source (a replica) may lag
   * behind the write; counted from when a process learns of the record.
   */
  readonly settleMs?: number;
}

/**
 * What an invalidation covers.
 * - `hashes`: pairs of 32-bit halves (low, high) of cover hashes of keys, prefixes and tags; at most
 *   {@link MAX_RECORD_HASHES} pairs.
 * - `glob`: a pattern over logical keys.
 * - `clear`: everything.
 * - `unknown`: a kind that this version does not know; it covers everything.
 */
export type Coverage = (
  | { readonly kind: 'hashes'; readonly hashes: Uint32Array }
  | { readonly kind: 'glob'; readonly pattern: string }
  | { readonly kind: 'clear' }
  | { readonly kind: 'unknown' }
) &
  CoverageTerms;

/** The first record of an epoch. It covers nothing: entries of another epoch are invalid anyway. */
export interface Genesis {
  readonly kind: 'genesis';
}

/** One entry of the journal, linked to the one before it. */
export interface JournalRecord extends RecordRef {
  readonly epoch: Epoch;
  /** The record before this one; `null` for a genesis only. */
  readonly previous: RecordRef | null;
  /** Identity of the store that took the record (Redis: run_id): when it changes, records may have been lost. */
  readonly incarnation: string;
  /**
   * What is constant for the life of a namespace, in one word: format version and cover-hash algorithm, such as
   * `1;xxh64`. Every record repeats its genesis' word, and a process whose own word differs refuses the namespace.
   */
  readonly constants: string;
  readonly body: Coverage | Genesis;
}

/** Upper bound on the cover hashes of one record. */
export const MAX_RECORD_HASHES = 1024;
