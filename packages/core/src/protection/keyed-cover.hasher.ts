import {
  coverHashes,
  subjectOf,
  type CoverKind,
  type Subject,
  type WriteHash,
} from '../validity/cover-hash.js';
import { PLAIN_HASHER, type ICoverHasher } from '../validity/cover.hasher.js';
import type { NameProtection } from './name-protection.js';
import { MAX_PROVEN_HASHES } from './record-proof.js';

/** How a namespace's hashes are made. @param names `null`: without a secret */
export function hasherOf(names: NameProtection | null): ICoverHasher {
  return names ? new KeyedCoverHasher(names) : PLAIN_HASHER;
}

/** Hashes that say nothing to those without the secret. */
class KeyedCoverHasher implements ICoverHasher {
  readonly maxHashes = MAX_PROVEN_HASHES;
  readonly #names: NameProtection;
  readonly #write: WriteHash;

  constructor(names: NameProtection) {
    this.#names = names;
    this.#write = (hashes, at, kind, text) => {
      const { low, high } = names.hashOf(kind, text);
      hashes[at] = low;
      hashes[at + 1] = high;
    };
  }

  /** Of every secret that entries may be named by. */
  coverHashes(kind: CoverKind, texts: readonly string[]): Uint32Array {
    const pairs = texts.flatMap((text) => this.#names.hashesOf(kind, text));
    const hashes = new Uint32Array(pairs.length * 2);
    pairs.forEach(({ low, high }, index) => hashes.set([low, high], index * 2));
    return hashes;
  }

  entryHashes(kind: CoverKind, texts: readonly string[]): Uint32Array {
    return coverHashes(kind, texts, this.#write);
  }

  subjectOf(key: string, tagHashes: ArrayLike<number>): Subject {
    return subjectOf(key, tagHashes, this.#write);
  }
}
