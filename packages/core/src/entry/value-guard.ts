import { CacheError } from '../errors/cache.error.js';
import {
  BIGINT_BYTES,
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
import { hasInsides, MAX_DEPTH, membersOf } from './value-shape.js';

/** What {@link guardValue} found. */
export interface Guarded {
  /** Whether freezing protects all of it: insides of Date, Map, Set, RegExp, Error and binary data stay writable. */
  readonly isFreezable: boolean;
  /** About what it takes on the heap. */
  readonly bytes: number;
}

/** From here on V8 keeps the elements that there are, without the holes. */
const SPARSE_LENGTH = 2 ** 25;
const INSIDES_BYTES = 128;
/** The structured clone's records get a list for what has no slot, which grows by three. */
const LIST_SLOTS = 5;

/**
 * Makes a value that came as a structured clone safe to hand out: drops own `__proto__` members, and `constructor` members with
 * a `prototype`, which nobody means and which a careless merge could turn into a prototype; freezes it all through if
 * that is asked for; and estimates its size.
 * @throws CacheError `VALUE_INVALID` when it is nested too deep, which nothing that was encoded here is
 */
export function guardValue(value: unknown, isFrozen: boolean): Guarded {
  const guard = new Guard(isFrozen);
  guard.look(value, 0);
  return guard;
}

class Guard implements Guarded {
  isFreezable = true;
  bytes = 0;
  readonly #isFrozen: boolean;
  /** One object may stand in two places. */
  readonly #seen = new Set<object>();
  readonly #names = new NameBytes();

  constructor(isFrozen: boolean) {
    this.#isFrozen = isFrozen;
  }

  look(value: unknown, depth: number): void {
    if (typeof value === 'string') this.bytes += stringBytes(value);
    else if (typeof value === 'number') this.bytes += numberBytes(value);
    else if (typeof value === 'object') {
      if (value !== null && !this.#seen.has(value)) this.#lookInto(value, depth);
    } else if (typeof value === 'bigint') this.bytes += BIGINT_BYTES;
  }

  #lookInto(value: object, depth: number): void {
    if (depth >= MAX_DEPTH) throw new CacheError('VALUE_INVALID', 'The stored value is too deep.');
    this.#seen.add(value);
    if (Array.isArray(value)) this.#lookIntoList(value, depth);
    else if (hasInsides(value)) this.#lookIntoBuiltIn(value, depth);
    else this.#lookIntoRecord(value as Record<string, unknown>, depth);
  }

  #lookIntoList(list: readonly unknown[], depth: number): void {
    const members = Object.values(list);
    const slots = list.length < SPARSE_LENGTH ? list.length : members.length;
    this.bytes += slots === 0 ? EMPTY_LIST_BYTES : LIST_BYTES + slots * SLOT_BYTES;
    for (const member of members) this.look(member, depth + 1);
    if (this.#isFrozen) Object.freeze(list);
  }

  #lookIntoRecord(record: Record<string, unknown>, depth: number): void {
    dropPrototypes(record);
    const names = Object.keys(record);
    const slots = names.length <= FIRST_SLOTS ? FIRST_SLOTS : names.length + LIST_SLOTS;
    this.bytes += RECORD_BYTES + SLOT_BYTES * slots;
    for (const name of names) {
      this.bytes += this.#names.add(name, NAME_BYTES);
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
}

/** Drops what nobody means and a careless merge could turn into a prototype. */
export function dropPrototypes(record: Record<string, unknown>): void {
  if (Object.hasOwn(record, '__proto__')) Reflect.deleteProperty(record, '__proto__');
  if (!Object.hasOwn(record, 'constructor')) return;
  const inner = record.constructor as unknown;
  if (typeof inner === 'object' && inner !== null && Object.hasOwn(inner, 'prototype')) {
    Reflect.deleteProperty(record, 'constructor');
  }
}
