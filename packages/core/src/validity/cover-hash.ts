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
  /** A plain list: typed arrays take some 200 bytes more, and every entry in memory has one. */
  readonly hashes: ArrayLike<number>;
}

/** Writes one pair. */
export type WriteHash = (
  hashes: Uint32Array | number[],
  at: number,
  kind: CoverKind,
  text: string,
) => void;

/** Pairs of 32-bit halves (low, high), one pair a text. */
export function coverHashes(
  kind: CoverKind,
  texts: readonly string[],
  write: WriteHash = writeHash,
): Uint32Array {
  const hashes = new Uint32Array(texts.length * 2);
  texts.forEach((text, index) => write(hashes, index * 2, kind, text));
  return hashes;
}

/** The one place where an entry's hashes are put together, on every side of the journal. Those of the tags come last. */
export function subjectOf(
  key: string,
  tagHashes: ArrayLike<number>,
  write: WriteHash = writeHash,
): Subject {
  const baseKey = baseKeyOf(key);
  const keys = baseKey === key ? [key] : [key, baseKey];
  const prefixes = prefixesOf(baseKey);
  const own = (keys.length + prefixes.length) * 2;
  const hashes = halfList(own + tagHashes.length);
  keys.forEach((text, index) => write(hashes, index * 2, 'key', text));
  prefixes.forEach((text, index) => {
    write(hashes, (keys.length + index) * 2, 'prefix', text);
  });
  for (let i = 0; i < tagHashes.length; i++) hashes[own + i] = tagHashes[i] as number;
  return { baseKey, hashes };
}

/** The key without its variant. */
export function baseKeyOf(key: string): string {
  const end = key.indexOf(VARIANT_SEPARATOR);
  return end < 0 ? key : key.slice(0, end);
}

/** A list to be filled with halves of hashes. A fraction makes V8 lay it out for doubles at once, with no room to grow. */
export function halfList(length: number): number[] {
  return new Array<number>(length).fill(0.5);
}

function writeHash(
  hashes: Uint32Array | number[],
  at: number,
  kind: CoverKind,
  text: string,
): void {
  const hash = xxh64(text, SEED[kind]);
  hashes[at] = Number(hash & 0xffffffffn);
  hashes[at + 1] = Number(hash >> 32n);
}

/** `a:b:c` → `a:`, `a:b:`. */
function prefixesOf(key: string): string[] {
  const prefixes: string[] = [];
  for (let colon = key.indexOf(':'); colon >= 0; colon = key.indexOf(':', colon + 1)) {
    prefixes.push(key.slice(0, colon + 1));
  }
  return prefixes;
}
