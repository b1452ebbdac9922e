import { MAX_RECORD_HASHES } from '../journal/journal-record.js';
import { coverHashes, subjectOf, type CoverKind, type Subject } from './cover-hash.js';

/** Makes the hashes of entries and of what makes them invalid: each namespace has one way to. */
export interface ICoverHasher {
  /** Pairs that an invalidation may name in one record. */
  readonly maxHashes: number;
  /** What an invalidation names: pairs of 32-bit halves (low, high), one or more a text. */
  coverHashes(kind: CoverKind, texts: readonly string[]): Uint32Array;
  /** What an entry carries: one pair a text. */
  entryHashes(kind: CoverKind, texts: readonly string[]): Uint32Array;
  /** @param tagHashes as {@link entryHashes} of kind `tag` made them, so that stored hashes can be used without the tags. */
  subjectOf(key: string, tagHashes: ArrayLike<number>): Subject;
}

/** For namespaces whose names are no secret. */
export const PLAIN_HASHER: ICoverHasher = {
  maxHashes: MAX_RECORD_HASHES,
  coverHashes: (kind, texts) => coverHashes(kind, texts),
  entryHashes: (kind, texts) => coverHashes(kind, texts),
  subjectOf: (key, tagHashes) => subjectOf(key, tagHashes),
};
