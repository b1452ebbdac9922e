import type { CoverKind } from '../validity/cover-hash.js';

/** 64 bits as two halves of 32. */
export interface HashHalves {
  readonly low: number;
  readonly high: number;
}

/** What stands for a logical key in the names of a store; printable, without braces, and of bounded length. */
export interface StoreName {
  /** The part that decides the slot: what belongs together shares it. */
  readonly slot: string;
  /** Unique for the key within its slot; may be empty. */
  readonly rest: string;
}

/**
 * Turns keys, tags and patterns into what says nothing to those without the secret. Everything is a function of its
 * arguments and the secret alone, so that all processes agree, and synchronous: the secret is there once the protection is
 * open. While a secret is being exchanged there are several; entries are named by the first.
 */
export interface NameProtection {
  /** Scheme and a mark of the secret, fit for the constants of a journal: letters, digits, `-`, `_`, `.`, `:`. */
  readonly mark: string;
  /**
   * Whether a journal with this mark is of a secret that is known here. A journal keeps the mark that it was begun with: the
   * marks of secrets that were exchanged are to be known for as long as it lasts.
   */
  knows(mark: string): boolean;
  /** The hash by which an entry is covered. */
  hashOf(kind: CoverKind, text: string): HashHalves;
  /** All hashes that an invalidation must name: of the first secret, and of each other that entries may still be named by. */
  hashesOf(kind: CoverKind, text: string): readonly HashHalves[];
  /** @param key with its variant, if it has one */
  nameOf(key: string): StoreName;
  /** A text that only {@link unveil} reads; printable, and at most a third and forty characters longer than its UTF-8. */
  veil(text: string): string;
  /** `null`: not made by {@link veil} with a secret that is known here. */
  unveil(veiled: string): string | null;
  /** 16 bytes that vouch for these. */
  sign(bytes: Uint8Array): Uint8Array;
  /** In constant time, by any secret that is known here. */
  isSigned(bytes: Uint8Array, signature: Uint8Array): boolean;
}
