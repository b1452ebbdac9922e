import { CacheError } from '../errors/cache.error.js';
import type { PayloadCodec } from './entry.js';

/** Deepest nesting that is encoded. Cyclic values end here too. */
export const MAX_DEPTH = 200;
/** Most objects that are looked at, one that is reached twice counted twice, as JSON would write it. */
export const MAX_OBJECTS = 2 ** 20;

/** What there is to know of a value before it is encoded. */
export interface ValueShape {
  /** `json` if JSON keeps it whole, else `structured`. */
  readonly codec: PayloadCodec;
  /** True when it holds instances of the application's own classes, which come back as plain objects. */
  readonly hasInstances: boolean;
}

/** @throws CacheError `VALUE_INVALID` for functions, symbols, cycles, and too much depth or too many objects */
export function shapeOf(value: unknown): ValueShape {
  const survey = new Survey();
  survey.look(value, 0);
  return survey;
}

class Survey implements ValueShape {
  codec: PayloadCodec = 'json';
  hasInstances = false;
  #objects = 0;

  look(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string':
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
    if (depth >= MAX_DEPTH) throw refusal(`The value is cyclic or deeper than ${MAX_DEPTH} levels`);
    if (++this.#objects > MAX_OBJECTS) throw refusal(`The value has over ${MAX_OBJECTS} objects`);
    if (Array.isArray(value) ? isSparse(value) : !isPlain(value)) {
      this.codec = 'structured';
      this.hasInstances ||= !Array.isArray(value) && !isBuiltIn(value);
    }
    for (const member of membersOf(value)) this.look(member, depth + 1);
  }
}

/** Everything inside an object that is encoded with it. */
export function membersOf(value: object): Iterable<unknown> {
  if (value instanceof Map) return [...(value as Map<unknown, unknown>)].flat();
  if (value instanceof Set) return value;
  if (ArrayBuffer.isView(value)) return [];
  return Object.values(value) as unknown[];
}

/** Whether JSON would lose something: holes, or members beside the elements. */
function isSparse(list: readonly unknown[]): boolean {
  const keys = Object.keys(list);
  return keys.length !== list.length || keys.some((key, index) => key !== String(index));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Whether the structured clone knows the class. */
function isBuiltIn(value: object): boolean {
  return (
    ArrayBuffer.isView(value) ||
    [Date, Map, Set, RegExp, Error, ArrayBuffer, Boolean, Number, String].some(
      (known) => value instanceof known,
    )
  );
}

function refusal(problem: string): CacheError {
  return new CacheError('VALUE_INVALID', `${problem}; return plain data from the loader.`);
}
