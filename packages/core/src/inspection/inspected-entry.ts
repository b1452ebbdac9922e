import type { Compressor, PayloadCodec } from '../entry/entry.js';
import type { StoredEntry } from '../entry/stored-entry.js';
import type { Fence } from '../journal/fence.js';

/** What stands before an entry's value. Nothing of the value. */
export interface InspectedHeader {
  readonly schemaVersion: number;
  readonly fence: Fence;
  /** Epoch milliseconds, as in the entry's header. */
  readonly createdAt: number;
  readonly staleAt: number;
  readonly expiresAt: number;
  readonly keptUntil: number;
  readonly loadMs: number;
  readonly codec: PayloadCodec;
  readonly compressor: Compressor;
  readonly isNegative: boolean;
  /** Whether the value is sealed; its length before compression is then not known. */
  readonly isSealed: boolean;
  /** All of it, in the store. */
  readonly storedBytes: number;
  /** The value before compression; of a sealed one as it is sealed. */
  readonly rawBytes: number;
  /** Pairs of 32-bit halves (low, high): of the key, its prefixes, the tags. */
  readonly coverHashes: readonly number[];
}

/**
 * - `valid`: no invalidation that the journal holds covers it
 * - `stale`: only ones do that make stale
 * - `covered`: one does, or it is of an epoch that is over
 * - `unknown`: the journal no longer holds all that came after its load; processes that start now refuse it
 */
export type InspectedValidity = 'valid' | 'stale' | 'covered' | 'unknown';

/** An entry as it stands in the store. */
export interface InspectedEntry extends InspectedHeader {
  readonly validity: InspectedValidity;
  /** Stamp of the latest invalidation that covers it, microseconds; `null` if there is none, or only the epoch is over. */
  readonly coveredBy: number | null;
}

export function headerOf(entry: StoredEntry, storedBytes: number): InspectedHeader {
  return {
    schemaVersion: entry.schemaVersion,
    fence: { epoch: entry.epoch, position: entry.position },
    createdAt: entry.createdAt,
    staleAt: entry.staleAt,
    expiresAt: entry.expiresAt,
    keptUntil: entry.keptUntil,
    loadMs: entry.loadMs,
    codec: entry.codec,
    compressor: entry.compressor,
    isNegative: entry.isNegative,
    isSealed: entry.isSealed,
    storedBytes,
    rawBytes: entry.rawLength,
    coverHashes: entry.hashes,
  };
}
