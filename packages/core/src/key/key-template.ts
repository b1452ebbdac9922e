import { CacheError } from '../errors/cache.error.js';
import { assertKey } from './key-rules.js';

/** Longest value of a placeholder, in bytes of UTF-8 before escaping. */
const MAX_VALUE_BYTES = 256;
/** What a missing value becomes; no escaped value looks like it. */
const ABSENT = { undefined: '%-', null: '%0' } as const;

/** Characters that mean something in keys, patterns or store names, and controls. */
// eslint-disable-next-line no-control-regex
const SPECIAL = /[:{}*?[\]\\%\u0000-\u001f\u007f]/g;

/** Texts that stand in a key as they are, as most ids do. */
const PLAIN = /^[\w.~-]{1,256}$/;

/** A value that can stand in a key. `undefined` and `null` are values of their own, unlike `''`. */
export type KeyValue = string | number | bigint | boolean | Date | null | undefined;

/**
 * A key with placeholders: `users:{id}:{0}:{user.name}`. Compiled once; values are normalised (NFC), escaped and
 * length-limited, so that no value can reach into another segment or act as a pattern.
 */
export class KeyTemplate {
  /** Literal parts and, between them, names of placeholders: always one more literal than names. */
  readonly #literals: readonly string[];
  readonly placeholders: readonly string[];

  /** @throws CacheError `KEY_INVALID` for a template whose braces don't pair up or whose literals are no key. */
  constructor(readonly source: string) {
    assertKey(source);
    const parts = source.split(/\{([\w$.]+)\}/);
    this.#literals = parts.filter((_, index) => index % 2 === 0);
    this.placeholders = parts.filter((_, index) => index % 2 === 1);
    if (this.#literals.some((literal) => /[{}*?[\]\\%]/.test(literal))) {
      throw new CacheError(
        'KEY_INVALID',
        `The key template ${JSON.stringify(source)} holds a special character outside a placeholder; accepted: placeholders such as {id}, {0}, {user.id} and text without { } * ? [ ] \\ %.`,
      );
    }
  }

  /**
   * @param resolve gives the value of a placeholder by name.
   * @throws CacheError `KEY_INVALID` naming the placeholder, never its value.
   */
  render(resolve: (placeholder: string) => unknown): string {
    let key = this.#literals[0] ?? '';
    for (let i = 0; i < this.placeholders.length; i++) {
      const name = this.placeholders[i] as string;
      key += escapeKeyValue(resolve(name), name) + (this.#literals[i + 1] ?? '');
    }
    assertKey(key);
    return key;
  }
}

/** One value as it stands in a key. @throws CacheError `KEY_INVALID` */
export function escapeKeyValue(value: unknown, name: string): string {
  if (typeof value === 'string' && PLAIN.test(value)) return value;
  if (value === undefined || value === null) return ABSENT[String(value) as 'undefined' | 'null'];
  const text = textOf(value, name).normalize('NFC');
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_VALUE_BYTES) {
    throw new CacheError(
      'KEY_INVALID',
      `{${name}} has ${bytes} bytes; accepted in a key: up to ${MAX_VALUE_BYTES}. Hash what is long.`,
    );
  }
  return text.replace(SPECIAL, percent);
}

function textOf(value: unknown, name: string): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
      throw new CacheError(
        'KEY_INVALID',
        `{${name}} is ${Array.isArray(value) ? 'a list' : `of type ${typeof value}`}; accepted in a key: string, number, boolean, bigint, Date. Name a member, such as {${name}.id}.`,
      );
  }
}

/** All special characters are ASCII: one byte each. */
function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
