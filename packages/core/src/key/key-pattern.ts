import { VARIANT_SEPARATOR } from '../validity/cover-hash.js';
import { compileGlob } from '../validity/glob.js';
import { KeyTemplate } from './key-template.js';

/** One segment of a template: its text, a test, or `null` where any text fits. */
type Segment = string | ((text: string) => boolean) | null;

/**
 * Tells the keys that a template makes. Values in keys are escaped, so that none holds a ':': a placeholder fits within
 * its segment. Linear in the length of the key.
 */
export class KeyPattern {
  readonly #segments: readonly Segment[];

  /** @throws CacheError `KEY_INVALID` for what is no key template */
  constructor(readonly source: string) {
    this.#segments = new KeyTemplate(source).source.split(':').map(segmentOf);
  }

  /** Number of segments; keys of another number don't match. */
  get length(): number {
    return this.#segments.length;
  }

  /** @param segments those of a key, as {@link segmentsOf} gives them */
  matches(segments: readonly string[]): boolean {
    if (segments.length !== this.#segments.length) return false;
    return this.#segments.every((expected, index) => {
      const text = segments[index] as string;
      if (typeof expected === 'string') return text === expected;
      return expected === null || expected(text);
    });
  }

  /** Sorts what is spelled out before what has placeholders, from the left: `users:all` before `users:{id}`. */
  static compare(this: void, a: KeyPattern, b: KeyPattern): number {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const difference = rank(a.#segments[i]) - rank(b.#segments[i]);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

/** The segments of a key; a variant has those of its base key. */
export function segmentsOf(key: string): readonly string[] {
  const end = key.indexOf(VARIANT_SEPARATOR);
  return (end < 0 ? key : key.slice(0, end)).split(':');
}

function segmentOf(text: string): Segment {
  const glob = text.replace(/\{[\w$.]+\}/g, '*');
  if (glob === text) return text;
  return glob === '*' ? null : compileGlob(glob);
}

function rank(segment: Segment | undefined): number {
  if (typeof segment === 'string') return 0;
  return segment ? 1 : 2;
}
