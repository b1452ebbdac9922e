import { CacheError } from '../errors/cache.error.js';
import type { PayloadCodec } from './entry.js';

/** Deepest nesting that is encoded. Cyclic values end here too. */
export const MAX_DEPTH = 200;

/**
 * Looks at a value once, before it is encoded: `json` if JSON keeps it whole, else `structured`.
 * @throws CacheError `VALUE_INVALID` for functions, symbols, cycles and nesting beyond {@link MAX_DEPTH}.
 */
export function codecFor(value: unknown, depth = 0): PayloadCodec {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return 'json';
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? 'json' : 'structured';
    case 'undefined':
    case 'bigint':
      return 'structured';
    case 'object':
      return value === null ? 'json' : codecForObject(value, depth);
    default:
      throw new CacheError(
        'VALUE_INVALID',
        `A ${typeof value} can't be cached; return plain data from the loader.`,
      );
  }
}

function codecForObject(value: object, depth: number): PayloadCodec {
  if (depth >= MAX_DEPTH) {
    throw new CacheError(
      'VALUE_INVALID',
      `The value is cyclic or nested deeper than ${MAX_DEPTH} levels; return plain data from the loader.`,
    );
  }
  const isList = Array.isArray(value);
  let codec: PayloadCodec = isList || isPlain(value) ? 'json' : 'structured';
  if (isList && Object.keys(value).length !== value.length) codec = 'structured';
  for (const member of membersOf(value)) {
    if (codecFor(member, depth + 1) === 'structured') codec = 'structured';
  }
  return codec;
}

/** Everything inside an object that is encoded with it. */
export function membersOf(value: object): Iterable<unknown> {
  if (value instanceof Map)
    return [
      ...(value as Map<unknown, unknown>).keys(),
      ...(value as Map<unknown, unknown>).values(),
    ];
  if (value instanceof Set) return value;
  if (ArrayBuffer.isView(value)) return [];
  return Object.values(value) as unknown[];
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
