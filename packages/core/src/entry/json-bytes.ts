import {
  EMPTY_LIST_BYTES,
  FIRST_SLOTS,
  LIST_BYTES,
  NAME_BYTES,
  NameBytes,
  numberBytes,
  RECORD_BYTES,
  SLOT_BYTES,
  stringBytes,
} from './heap-bytes.js';

/** A record of more names than this has no shape, but a table. */
const TABLE_NAMES = 16;
/** What a name takes there. */
const TABLE_NAME_BYTES = 56;

/**
 * About what a value that `JSON.parse` gave takes on the heap. It was guarded before, so it is not too deep.
 * @param isNarrow true: no character of the text needed two bytes
 */
export function jsonBytes(value: unknown, isNarrow: boolean): number {
  return bytesOf(value, isNarrow, new NameBytes());
}

function bytesOf(value: unknown, isNarrow: boolean, names: NameBytes): number {
  if (typeof value === 'string') return stringBytes(value, isNarrow);
  if (typeof value === 'number') return numberBytes(value);
  if (typeof value !== 'object' || value === null) return 0;
  if (!Array.isArray(value)) return recordBytes(value as Record<string, unknown>, isNarrow, names);
  let bytes = value.length === 0 ? EMPTY_LIST_BYTES : LIST_BYTES + value.length * SLOT_BYTES;
  for (const member of value as readonly unknown[]) bytes += bytesOf(member, isNarrow, names);
  return bytes;
}

function recordBytes(record: Record<string, unknown>, isNarrow: boolean, all: NameBytes): number {
  let [bytes, names] = [RECORD_BYTES, 0];
  for (const name in record) {
    // Inside `for in`, V8 answers this without a call; not so `Object.hasOwn`.
    if (!Object.prototype.hasOwnProperty.call(record, name)) continue;
    bytes += all.add(name, ++names > TABLE_NAMES ? TABLE_NAME_BYTES : NAME_BYTES);
    bytes += bytesOf(record[name], isNarrow, all);
  }
  return bytes + SLOT_BYTES * (names === 0 ? FIRST_SLOTS : names);
}
