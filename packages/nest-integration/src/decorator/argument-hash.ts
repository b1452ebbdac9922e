import { hash } from 'node:crypto';
import { types } from 'node:util';

import { CacheError } from '@vitalcache/core';

/** Deeper data, and cyclic data with it, is refused. */
const MAX_DEPTH = 50;
/** 132 bits: nobody finds two lists of arguments with one hash, not even on purpose. */
const HASH_CHARACTERS = 22;

/**
 * A short word for a list of arguments: equal for equal data, whatever the order of object members, of Map entries
 * and of Set members; `undefined`, `null` and `''` differ. Cryptographic, because arguments may come from outside.
 *
 * @param nameOf how messages begin that are about an argument, by index.
 * @throws CacheError `KEY_INVALID` naming an argument that data can't be read from: a request, a response, a stream,
 * a function, an object with hidden state, or data that is cyclic or nested too deep.
 */
export function hashArguments(
  args: readonly unknown[],
  nameOf: (index: number) => string = (index) => `The argument ${index}`,
): string {
  const last = args.findLastIndex((argument) => argument !== undefined);
  const texts = args.slice(0, last + 1).map((argument, index) => {
    return textOf(argument, () => nameOf(index), 0);
  });
  return hash('sha256', texts.join(','), 'base64url').slice(0, HASH_CHARACTERS);
}

function textOf(value: unknown, what: () => string, depth: number): string {
  switch (typeof value) {
    case 'undefined':
      return 'u';
    case 'boolean':
      return value ? 't' : 'f';
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `i${value}`;
    case 'string':
      return JSON.stringify(value);
    case 'object':
      return value === null ? 'n' : textOfObject(value, what, depth + 1);
    default:
      return refuse(what, typeof value === 'function' ? 'a function' : 'a symbol');
  }
}

function textOfObject(value: object, what: () => string, depth: number): string {
  if (depth > MAX_DEPTH) return refuse(what, `cyclic or nested deeper than ${MAX_DEPTH} levels`);
  const inner = (member: unknown): string => textOf(member, what, depth);
  if (Array.isArray(value)) return `[${value.map(inner).join(',')}]`;
  if (types.isDate(value)) return `d${value.getTime()}`;
  if (types.isRegExp(value)) return `r${JSON.stringify(String(value))}`;
  if (types.isMap(value)) {
    return `M{${[...value]
      .map(([key, member]) => `${inner(key)}:${inner(member)}`)
      .sort()
      .join(',')}}`;
  }
  if (types.isSet(value)) return `S{${[...value].map(inner).sort().join(',')}}`;
  if (ArrayBuffer.isView(value)) return `b${textOfBytes(value)}`;
  const className = classOf(value);
  const label = className === null ? '' : JSON.stringify(className);
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return `J${label}${inner((value.toJSON as () => unknown)())}`;
  }
  const kind = unreadableKind(value);
  if (kind !== null) return refuse(what, kind);
  const members = Reflect.ownKeys(value)
    .filter((key) => Object.prototype.propertyIsEnumerable.call(value, key))
    .map((key) => {
      const name =
        typeof key === 'symbol' ? `@${JSON.stringify(String(key))}` : JSON.stringify(key);
      return `${name}:${inner(value[key as keyof typeof value])}`;
    });
  return `${label}{${members.sort().join(',')}}`;
}

function textOfBytes(view: ArrayBufferView): string {
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  return JSON.stringify([classOf(view), bytes.toString('base64')]);
}

/** The name of an object's class; `null` for plain data. */
function classOf(value: object): string | null {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return null;
  return prototype.constructor.name;
}

/** What an object is whose members don't tell it from another; `null` if they do. */
function unreadableKind(value: object): string | null {
  const className = classOf(value);
  if (className === null) return null;
  if ('setHeader' in value || ('statusCode' in value && 'send' in value)) return 'a response';
  if ('headers' in value && 'method' in value) return 'a request';
  if ('pipe' in value || 'getReader' in value) return 'a stream';
  if ('emit' in value || 'addEventListener' in value) return 'a source of events';
  return isOpaque(value) ? `an instance of ${className}, whose state is hidden` : null;
}

/** Whether a class, or one that it extends, is built in or has private fields. */
function isOpaque(value: object): boolean {
  for (
    let prototype = Object.getPrototypeOf(value) as object | null;
    prototype !== null && Object.getPrototypeOf(prototype) !== null;
    prototype = Object.getPrototypeOf(prototype) as object | null
  ) {
    const source = Function.prototype.toString.call(prototype.constructor);
    if (/\[native code\]\s*\}$|[\s;{(!.]#[\p{ID_Start}$_]/u.test(source)) return true;
  }
  return false;
}

function refuse(what: () => string, kind: string): never {
  throw new CacheError(
    'KEY_INVALID',
    `${what()} is ${kind}; name what the result depends on with keyTemplate or key.`,
  );
}
