import { types } from 'node:util';

import { CacheError } from '../errors/cache.error.js';
import type { PayloadCodec } from './entry.js';

/** Deepest nesting that is encoded or decoded. Cyclic values end here too. */
export const MAX_DEPTH = 200;
/** Most objects that are looked at, one that is reached twice counted twice, as JSON would write it. */
const MAX_OBJECTS = 2 ** 20;
/** Longer lists take the structured clone, which keeps all: to ask for the names of their members takes longer. */
const LONG_LIST = 2 ** 16;

/** What there is to know of a value before it is encoded. */
export interface ValueShape {
  /** `json` if JSON keeps it whole, else `structured`. */
  readonly codec: PayloadCodec;
  /** True when it holds instances of the application's own classes, which come back as what they are built on. */
  readonly hasInstances: boolean;
  /** Characters in all its texts and names: JSON takes at least as many bytes. */
  readonly textLength: number;
}

/**
 * @throws CacheError `VALUE_INVALID` for functions, symbols, proxies, cycles, and too much depth or too many objects
 * @throws whatever a getter throws
 */
export function shapeOf(value: unknown): ValueShape {
  const survey = new Survey();
  survey.look(value, 0);
  return survey;
}

/** As {@link ValueShape.textLength}, with an object that is reached twice counted once, as the structured clone does. */
export function textLengthOf(value: unknown): number {
  const survey = new Survey(new Set());
  survey.look(value, 0);
  return survey.textLength;
}

class Survey implements ValueShape {
  codec: PayloadCodec = 'json';
  hasInstances = false;
  textLength = 0;
  readonly #seen: Set<object> | undefined;
  #objects = 0;

  constructor(seen?: Set<object>) {
    this.#seen = seen;
  }

  look(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string':
        this.textLength += value.length;
        return;
      case 'boolean':
        return;
      case 'number':
        if (!Number.isFinite(value) || Object.is(value, -0)) this.codec = 'structured';
        return;
      case 'undefined':
      case 'bigint':
        this.codec = 'structured';
        return;
      case 'object':
        return value === null ? undefined : this.#lookInto(value, depth);
      default:
        throw refusal(`A ${typeof value} can't be cached`);
    }
  }

  #lookInto(value: object, depth: number): void {
    if (this.#seen?.has(value)) return;
    this.#seen?.add(value);
    if (depth >= MAX_DEPTH) throw refusal(`The value is cyclic or deeper than ${MAX_DEPTH} levels`);
    if (++this.#objects > MAX_OBJECTS) throw refusal(`The value has over ${MAX_OBJECTS} objects`);
    // It may answer differently each time, and the structured clone refuses it anyway.
    if (types.isProxy(value)) throw refusal("A Proxy can't be cached");
    if (Array.isArray(value)) this.#lookIntoList(value, depth);
    else if (isPlain(value)) this.#lookIntoRecord(value, depth);
    else {
      this.codec = 'structured';
      this.hasInstances ||= !isBuiltIn(value);
      for (const member of membersOf(value)) this.look(member, depth + 1);
    }
  }

  #lookIntoList(list: readonly unknown[], depth: number): void {
    const isWhole = list.length <= LONG_LIST && isDense(list);
    if (!isWhole || 'toJSON' in list) this.codec = 'structured';
    this.hasInstances ||=
      Object.getPrototypeOf(list) !== Array.prototype && chainLength(list) !== 2;
    for (const member of isWhole ? list : Object.values(list)) this.look(member, depth + 1);
  }

  #lookIntoRecord(record: object, depth: number): void {
    // Also one that can't be enumerated, or that somebody gave to all objects.
    if ('toJSON' in record) this.codec = 'structured';
    for (const name of Object.keys(record)) {
      this.textLength += name.length;
      this.look(record[name as keyof typeof record], depth + 1);
    }
  }
}

/** Everything inside an object that is encoded with it. */
export function membersOf(value: object): Iterable<unknown> {
  if (Array.isArray(value) || isPlain(value)) return Object.values(value) as unknown[];
  if (types.isMap(value)) return [...value].flat();
  if (types.isSet(value)) return value;
  if (types.isNativeError(value)) return Object.hasOwn(value, 'cause') ? [value.cause] : [];
  return hasInsides(value) ? [] : (Object.values(value) as unknown[]);
}

/** Whether the object is more than its members: it is encoded as what is inside, and members of it are left behind. */
export function hasInsides(value: object): boolean {
  return (
    types.isDate(value) ||
    types.isMap(value) ||
    types.isSet(value) ||
    types.isNativeError(value) ||
    types.isRegExp(value) ||
    types.isArrayBufferView(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isBoxedPrimitive(value)
  );
}

/** Made by `{}`, or without a prototype, in whatever realm. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

/** Whether there is nothing but elements: no holes, and no members beside them. */
function isDense(list: readonly unknown[]): boolean {
  if (Object.keys(list).length !== list.length) return false;
  for (let i = 0; i < list.length; i++) {
    if (list[i] === undefined && !Object.hasOwn(list, i)) return false;
  }
  return true;
}

const ERRORS = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];
const ERROR_NAMES: ReadonlySet<string> = new Set(ERRORS.map(({ name }) => name));

/** Whether the structured clone gives it back as it is: a built-in class, not one made from it, and no own members. */
function isBuiltIn(value: object): boolean {
  if (ArrayBuffer.isView(value)) return chainLength(value) <= (Buffer.isBuffer(value) ? 4 : 3);
  if (!hasInsides(value)) return false;
  if (types.isNativeError(value)) {
    const prototype = Object.getPrototypeOf(value) as object;
    return ERROR_NAMES.has(prototype.constructor.name) && Object.keys(value).length === 0;
  }
  return chainLength(value) === 2 && (types.isBoxedPrimitive(value) || !hasMembers(value));
}

function hasMembers(value: object): boolean {
  return Object.keys(value).length > 0;
}

/** Number of prototypes; an instance of a built-in class has two, of a typed array's three. */
function chainLength(value: object): number {
  let length = 0;
  let prototype: unknown = Object.getPrototypeOf(value);
  while (prototype !== null) {
    length++;
    prototype = Object.getPrototypeOf(prototype);
  }
  return length;
}

function refusal(problem: string): CacheError {
  return new CacheError('VALUE_INVALID', `${problem}; return plain data from the loader.`);
}
