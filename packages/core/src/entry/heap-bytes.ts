// What V8 takes on 64 bits, beside 8 bytes for the slot that points there; measured by tools/measure/l1-memory.mjs.
export const SLOT_BYTES = 8;
const BOX_BYTES = 16;
export const BIGINT_BYTES = 32;
export const EMPTY_LIST_BYTES = 32;
export const LIST_BYTES = 48;
export const RECORD_BYTES = 24;
/** An empty record, and any that does not come from JSON, is born with this many slots. */
export const FIRST_SLOTS = 4;
const STRING_BYTES = 16;
/** Some character needs two bytes. */
// eslint-disable-next-line no-control-regex
const WIDE = /[^\u0000-\u00ff]/;

/** @param isNarrow true: it is known that no character needs two bytes */
export function stringBytes(text: string, isNarrow = false): number {
  if (text.length < 2) return 0;
  const length = isNarrow || !WIDE.test(text) ? text.length : text.length * 2;
  return STRING_BYTES + Math.ceil(length / 8) * 8;
}

/** A number beyond 31 bits has a box. */
export function numberBytes(value: number): number {
  return (value | 0) === value ? 0 : BOX_BYTES;
}

/** Values of one kind share their names and shapes; a value with more names than this uses them as keys. */
const SHARED_NAMES = 32;

/** What the names cost that a value shares with no other. Most values have few, and then nothing is remembered. */
export class NameBytes {
  /** Names met so far, repeated ones included. */
  #met = 0;
  #names: Set<string> | null = null;

  /** What this name adds. @param each what a name takes beside its characters */
  add(name: string, each: number): number {
    if (++this.#met <= SHARED_NAMES) return 0;
    const names = (this.#names ??= new Set());
    if (names.has(name)) return 0;
    names.add(name);
    return names.size > SHARED_NAMES ? each + name.length : 0;
  }
}

/** What a name that nothing shares costs, with the shape that it makes. */
export const NAME_BYTES = 150;
