/** What JSON can say. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** Control characters beyond those that JSON escapes, line ends of Unicode, and what turns the direction of a text. */

const UNSAFE =
  /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/**
 * The one text of a value: members sorted by name, `undefined` ones left out, no white space, and nothing in it that ends
 * a line or moves a terminal's cursor. Two values that are alike have the same text, so that it can be hashed.
 */
export function canonicalJson(value: JsonValue): string {
  return escapeUnsafe(JSON.stringify(sorted(value)));
}

/** {@link canonicalJson} of what has its members in order already: to see to that takes as long as all the rest. */
export function orderedJson(value: JsonValue): string {
  return escapeUnsafe(JSON.stringify(value));
}

/** A text that can be shown to a person: control characters stand as `\u001b`. */
export function printable(text: string): string {
  return escapeUnsafe(JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"'));
}

function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What is in order already is not made again. */
function sorted(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.every(isSorted) ? value : value.map(sorted);
  if (isSorted(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}

function isSorted(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (isList(value)) return value.every(isSorted);
  let last = '';
  for (const name in value) {
    if (name < last || !isSorted(value[name])) return false;
    last = name;
  }
  return true;
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
