import { CacheError, type CacheErrorCode } from '../errors/cache.error.js';
import { VARIANT_SEPARATOR } from '../validity/cover-hash.js';
import { MAX_PATTERN_BYTES } from '../validity/glob.js';

/** Longest logical key, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;
/** Longest tag, in bytes of UTF-8. */
const MAX_TAG_BYTES = 256;
/** Most tags that one entry may carry, or one invalidation name. */
const MAX_TAGS = 128;

/** What nothing can be wrong with but the length. */
const PLAIN = /^[ -~]+$/;
/** C0 controls and DEL. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;
/** In Unicode mode only surrogates without a partner match. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/**
 * A key, or a key with a variant behind one separator.
 * @throws CacheError `KEY_INVALID`; the message never holds the key, which may name a person.
 */
export function assertKey(key: unknown): asserts key is string {
  if (typeof key === 'string' && key.length <= MAX_KEY_BYTES && PLAIN.test(key)) return;
  const text = typeof key === 'string' ? key.replace(VARIANT_SEPARATOR, '') : key;
  assertText('KEY_INVALID', 'A cache key', text, MAX_KEY_BYTES);
}

/** A list of keys. @throws CacheError `KEY_INVALID` */
export function assertKeys(keys: unknown): asserts keys is readonly string[] {
  if (!Array.isArray(keys)) {
    throw new CacheError('KEY_INVALID', `keys must be a list of strings; got ${describe(keys)}.`);
  }
  for (const key of keys) assertKey(key);
}

/** @throws CacheError `TAG_INVALID` */
export function assertTags(tags: unknown): asserts tags is readonly string[] {
  if (!Array.isArray(tags)) {
    throw new CacheError('TAG_INVALID', `tags must be a list of strings; got ${describe(tags)}.`);
  }
  if (tags.length > MAX_TAGS) {
    throw new CacheError(
      'TAG_INVALID',
      `These are ${tags.length} tags at once; accepted: up to ${MAX_TAGS}.`,
    );
  }
  for (const tag of tags as readonly unknown[])
    assertText('TAG_INVALID', 'A tag', tag, MAX_TAG_BYTES);
}

/** @throws CacheError `PATTERN_INVALID` */
export function assertPattern(pattern: unknown): asserts pattern is string {
  assertText('PATTERN_INVALID', 'A pattern', pattern, MAX_PATTERN_BYTES);
  if (/^\*+$/.test(pattern)) {
    throw new CacheError(
      'PATTERN_INVALID',
      'A pattern that matches everything is refused; use clear().',
    );
  }
}

function assertText(
  code: CacheErrorCode,
  what: string,
  text: unknown,
  maxBytes: number,
): asserts text is string {
  if (typeof text !== 'string' || text === '') {
    throw new CacheError(
      code,
      `${what} must be a string that is not empty; got ${describe(text)}.`,
    );
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) {
    throw new CacheError(
      code,
      `${what} has ${bytes} bytes; accepted: up to ${maxBytes}. Hash what is long.`,
    );
  }
  if (CONTROL.test(text) || LONE_SURROGATE.test(text)) {
    throw new CacheError(
      code,
      `${what} holds control characters or broken Unicode; build it with keyFactory.key(template, values), which escapes values.`,
    );
  }
}

function describe(value: unknown): string {
  return value === '' ? "''" : value === null ? 'null' : typeof value;
}
