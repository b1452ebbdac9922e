import { CacheError } from '../errors/cache.error.js';
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
import { dropPrototypes, type Guarded } from './value-guard.js';
import { MAX_DEPTH } from './value-shape.js';

/** A record of more names than this has no shape, but a table. */
const TABLE_NAMES = 16;
/** What a name takes there. */
const TABLE_NAME_BYTES = 56;

/**
 * As `guardValue`, for what `JSON.parse` gave: a tree of lists and records, which is walked on every hit of the shared
 * tier that takes JSON.
 * @param isNarrow true: no character of the text needed two bytes
 * @throws CacheError `VALUE_INVALID` when it is nested too deep, which nothing that was encoded here is
 */
export function guardJson(value: unknown, isNarrow: boolean, isFrozen: boolean): Guarded {
  const guard = new JsonGuard(isNarrow, isFrozen);
  guard.look(value, 0);
  return guard;
}

class JsonGuard implements Guarded {
  readonly isFreezable = true;
  bytes = 0;
  readonly #isNarrow: boolean;
  readonly #isFrozen: boolean;
  readonly #names = new NameBytes();

  constructor(isNarrow: boolean, isFrozen: boolean) {
    this.#isNarrow = isNarrow;
    this.#isFrozen = isFrozen;
  }

  look(value: unknown, depth: number): void {
    if (typeof value === 'string') this.bytes += stringBytes(value, this.#isNarrow);
    else if (typeof value === 'number') this.bytes += numberBytes(value);
    else if (typeof value === 'object' && value !== null) {
      if (depth >= MAX_DEPTH)
        throw new CacheError('VALUE_INVALID', 'The stored value is too deep.');
      if (Array.isArray(value)) this.#lookIntoList(value, depth);
      else this.#lookIntoRecord(value as Record<string, unknown>, depth);
      if (this.#isFrozen) Object.freeze(value);
    }
  }

  #lookIntoList(list: readonly unknown[], depth: number): void {
    this.bytes += list.length === 0 ? EMPTY_LIST_BYTES : LIST_BYTES + list.length * SLOT_BYTES;
    for (const member of list) this.look(member, depth + 1);
  }

  /** `for in` is several times faster than a list of the names. */
  #lookIntoRecord(record: Record<string, unknown>, depth: number): void {
    let names = 0;
    let isOdd = false;
    for (const name in record) {
      // Inside `for in`, V8 answers this without a call; not so `Object.hasOwn`.
      if (!Object.prototype.hasOwnProperty.call(record, name)) continue;
      names++;
      isOdd ||= name === '__proto__' || name === 'constructor';
      const each = names > TABLE_NAMES ? TABLE_NAME_BYTES : NAME_BYTES;
      this.bytes += this.#names.add(name, each);
      this.look(record[name], depth + 1);
    }
    this.bytes += RECORD_BYTES + SLOT_BYTES * (names === 0 ? FIRST_SLOTS : names);
    if (isOdd) dropPrototypes(record);
  }
}
