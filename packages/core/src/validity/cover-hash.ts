import { xxh64 } from '@node-rs/xxhash';

/** Name of the hash in a journal's constants. Another algorithm or seed is another name. */
export const COVER_HASH = 'xxh64';

/** Separates a base key from the variant that `varyBy` adds; a base key can't contain it. */
export const VARIANT_SEPARATOR = '\u001f';

const SEED = { key: 1n, prefix: 2n, tag: 3n } as const;

/** What an invalidation can name: a whole key, everything below a ':'-prefix, or a tag. */
export type CoverKind = keyof typeof SEED;

/**
 * The identity of an entry for invalidations: its logical key, for globs, and the hashes of the key, of each of its
 * ':'-prefixes and of its tags, as pairs of 32-bit halves (low, high). A variant is covered through its base key.
 */
export interface Subject {
  readonly baseKey: string;
  readonly hashes: Uint32Array;
}

/** Pairs of 32-bit halves (low, high), one pair a text. */
export function coverHashes(kind: CoverKind, texts: readonly string[]): Uint32Array {
  const hashes = new Uint32Array(texts.length * 2);
  texts.forEach((text, index) => {
    const hash = xxh64(text, SEED[kind]);
    hashes[index * 2] = Number(hash & 0xffffffffn);
    hashes[index * 2 + 1] = Number(hash >> 32n);
  });
  return hashes;
}

/**
 * The one place where an entry's hashes are made, on every side of the journal.
 * @param tagHashes as {@link coverHashes} of kind `tag` made them, so that stored hashes can be used without the tags.
 */
export function subjectOf(key: string, tagHashes: Uint32Array): Subject {
  const end = key.indexOf(VARIANT_SEPARATOR);
  const baseKey = end < 0 ? key : key.slice(0, end);
  const own = coverHashes('key', end < 0 ? [key] : [key, baseKey]);
  const prefixes = coverHashes('prefix', prefixesOf(baseKey));
  const hashes = new Uint32Array(own.length + prefixes.length + tagHashes.length);
  hashes.set(own);
  hashes.set(prefixes, own.length);
  hashes.set(tagHashes, own.length + prefixes.length);
  return { baseKey, hashes };
}

/** `a:b:c` → `a:`, `a:b:`. */
function prefixesOf(key: string): string[] {
  const prefixes: string[] = [];
  for (let colon = key.indexOf(':'); colon >= 0; colon = key.indexOf(':', colon + 1)) {
    prefixes.push(key.slice(0, colon + 1));
  }
  return prefixes;
}
