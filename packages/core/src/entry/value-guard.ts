import { CacheError } from '../errors/cache.error.js';
import type { PayloadCodec } from './entry.js';
import { hasInsides, MAX_DEPTH, membersOf } from './value-shape.js';

/** What {@link guardValue} found. */
export interface Guarded {
  /** Whether freezing protects all of it: insides of Date, Map, Set, RegExp, Error and binary data stay writable. */
  readonly isFreezable: boolean;
  /** About what it takes on the heap. */
  readonly bytes: number;
}

// What V8 takes on 64 bits, beside 8 bytes for the slot that points there.
const STRING_BYTES = 16;
const BOX_BYTES = 16;
const BIGINT_BYTES = 32;
const EMPTY_LIST_BYTES = 32;
const LIST_BYTES = 48;
/** From here on V8 keeps the elements that there are, without the holes. */
const SPARSE_LENGTH = 2 ** 25;
const RECORD_BYTES = 24;
const INSIDES_BYTES = 128;
const SLOT_BYTES = 8;
/** An empty record, and any that does not come from JSON, is born with this many slots. */
const FIRST_SLOTS = 4;
/** The structured clone's get a list for the rest, which grows by three. */
const LIST_SLOTS = 5;
/** Values of one kind share their names and shapes; a value with more names than this uses them as keys. */
const SHARED_NAMES = 16;
/** What a name that nothing shares costs, with the shape that it makes. */
const NAME_BYTES = 150;
/** The same in a record of many names that comes from JSON: it has no shape, but a table. */
const TABLE_NAME_BYTES = 56;

/** Some character needs two bytes. */
// eslint-disable-next-line no-control-regex
const WIDE = /[^\u0000-\u00ff]/;

/**
 * Makes a value that was just decoded safe to hand out: drops own `__proto__` members, and `constructor` members with
 * a `prototype`, which nobody means and which a careless merge could turn into a prototype; freezes it all through if
 * that is asked for; and estimates its size.
 * @throws CacheError `VALUE_INVALID` when it is nested too deep, which nothing that was encoded here is
 */
export function guardValue(value: unknown, codec: PayloadCodec, isFrozen: boolean): Guarded {
  const guard = new Guard(codec, isFrozen);
  guard.look(value, 0);
  return guard;
}

class Guard implements Guarded {
  isFreezable = true;
  bytes = 0;
  readonly #isFrozen: boolean;
  /** JSON makes trees; elsewhere one object may stand in two places. */
  readonly #seen: Set<object> | null;
  readonly #names = new Set<string>();

  constructor(codec: PayloadCodec, isFrozen: boolean) {
    this.#isFrozen = isFrozen;
    this.#seen = codec === 'json' ? null : new Set();
  }

  look(value: unknown, depth: number): void {
    if (typeof value === 'string') this.bytes += stringBytes(value);
    else if (typeof value === 'number') this.bytes += (value | 0) === value ? 0 : BOX_BYTES;
    else if (typeof value === 'object') {
      if (value !== null && !this.#seen?.has(value)) this.#lookInto(value, depth);
    } else if (typeof value === 'bigint') this.bytes += BIGINT_BYTES;
  }

  #lookInto(value: object, depth: number): void {
    if (depth >= MAX_DEPTH) throw new CacheError('VALUE_INVALID', 'The stored value is too deep.');
    this.#seen?.add(value);
    if (Array.isArray(value)) this.#lookIntoList(value, depth);
    else if (this.#seen && hasInsides(value)) this.#lookIntoBuiltIn(value, depth);
    else this.#lookIntoRecord(value as Record<string, unknown>, depth);
  }

  #lookIntoList(list: readonly unknown[], depth: number): void {
    const members = this.#seen ? Object.values(list) : list;
    const slots = list.length < SPARSE_LENGTH ? list.length : members.length;
    this.bytes += slots === 0 ? EMPTY_LIST_BYTES : LIST_BYTES + slots * SLOT_BYTES;
    for (const member of members) this.look(member, depth + 1);
    if (this.#isFrozen) Object.freeze(list);
  }

  #lookIntoRecord(record: Record<string, unknown>, depth: number): void {
    dropPrototypes(record);
    const names = Object.keys(record);
    this.bytes += RECORD_BYTES + SLOT_BYTES * this.#slotsOf(names.length);
    const isTable = !this.#seen && names.length > SHARED_NAMES;
    for (const name of names) {
      this.#count(name, isTable ? TABLE_NAME_BYTES : NAME_BYTES);
      this.look(record[name], depth + 1);
    }
    if (this.#isFrozen) Object.freeze(record);
  }

  /** Never frozen: a global RegExp could not be used then, and of the others it would not reach the insides. */
  #lookIntoBuiltIn(value: object, depth: number): void {
    this.isFreezable = false;
    this.bytes += INSIDES_BYTES;
    for (const member of membersOf(value)) this.look(member, depth + 1);
  }

  #slotsOf(names: number): number {
    if (names <= FIRST_SLOTS) return this.#seen || names === 0 ? FIRST_SLOTS : names;
    return this.#seen ? names + LIST_SLOTS : names;
  }

  #count(name: string, bytes: number): void {
    if (this.#names.has(name)) return;
    this.#names.add(name);
    if (this.#names.size > SHARED_NAMES) this.bytes += bytes + name.length;
  }
}

function dropPrototypes(record: Record<string, unknown>): void {
  if (Object.hasOwn(record, '__proto__')) Reflect.deleteProperty(record, '__proto__');
  if (!Object.hasOwn(record, 'constructor')) return;
  const inner = record.constructor as unknown;
  if (typeof inner === 'object' && inner !== null && Object.hasOwn(inner, 'prototype')) {
    Reflect.deleteProperty(record, 'constructor');
  }
}

function stringBytes(text: string): number {
  if (text.length < 2) return 0;
  return STRING_BYTES + Math.ceil((WIDE.test(text) ? text.length * 2 : text.length) / 8) * 8;
}
