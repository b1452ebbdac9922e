import { inspect, types } from 'node:util';
import * as zlib from 'node:zlib';

import fc from 'fast-check';

import { isCacheError } from '../errors/cache.error.js';
import { subjectOf } from '../validity/cover-hash.js';
import type { Compressor, PackedEntry } from './entry.js';
import { packEntry } from './entry-header.codec.js';
import { holdEntry } from './held-entry.js';
import { unpackEntry } from './stored-entry.js';
import { decodeValue, encodeValue, type CompressionPolicy, type Payload } from './value.codec.js';

const MAX = 2 ** 22;
const COMPRESSORS: readonly Compressor[] = [
  'none',
  'snappy',
  'gzip',
  'brotli',
  ...('zstdCompressSync' in zlib ? (['zstd'] as const) : []),
];
const META: Omit<PackedEntry, keyof Payload> = {
  fence: { epoch: { stamp: 1.7e15, nonce: 1 }, position: 1.7e15 },
  createdAt: 0,
  staleAt: 1,
  expiresAt: 2,
  keptUntil: 3,
  loadMs: 0,
  schemaVersion: 0,
  isNegative: false,
  hashes: [],
};
/** Makes every compressor worth while. */
const BALLAST = 'ballast '.repeat(500);

class Person {
  constructor(readonly name: string) {}
  toJSON(): string {
    return 'never called';
  }
}
class List extends Array<number> {}
class Oops extends Error {
  readonly status = 500;
}

type Row = [name: string, value: unknown, expected?: unknown];

/** What JSON keeps whole. */
const PLAIN: Row[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['zero', 0],
  ['a fraction', 0.1],
  ['the largest safe integer', Number.MAX_SAFE_INTEGER],
  ['the largest number', Number.MAX_VALUE],
  ['the smallest number', Number.MIN_VALUE],
  ['a string', 'abc'],
  ['an empty string', ''],
  ['text beyond ASCII', 'Zoë 😀 \u2028'],
  ['Latin text', 'élève'],
  ['a lone surrogate', 'a\ud800b'],
  ['control characters', '\u0000\n\u007f'],
  ['a large string', 'x'.repeat(100_000)],
  ['an empty list', []],
  ['a list', [1, 'a', null]],
  ['lists in lists', [[], [[]]]],
  ['an empty record', {}],
  ['records in lists', { a: [{ b: { c: [1] } }] }],
  ['names like numbers', { 2: 'b', 1: 'a', '-1': 'c' }],
  ['an empty name', { '': 1 }],
  ['a lone surrogate as name', { '\udfff': 1 }],
  ['a member named constructor', { constructor: 'x' }],
  ['a record named constructor', { constructor: { name: 'x' } }],
  ['a member named prototype', { prototype: { a: 1 } }],
  ['members named like methods', { toString: 1, valueOf: 2, hasOwnProperty: 3, length: 4 }],
  ['an instance of a kind of list', List.of(1, 2), [1, 2]],
  ['two references to one record', twice({ a: 1 })],
  ['a deep value', JSON.parse('['.repeat(150) + ']'.repeat(150))],
  ['a record without prototype', bare({ a: 1 }), { a: 1 }],
  ['a member that a merge could misread', JSON.parse('{"a":1,"__proto__":{"b":1}}'), { a: 1 }],
  ['members that lead to a prototype', { a: 1, constructor: { prototype: { b: 1 } } }, { a: 1 }],
  ['a member named by a symbol', { a: 1, [Symbol('b')]: 1 }, { a: 1 }],
  ['a member that is not enumerable', hidden({ a: 1 }, 'b', 1), { a: 1 }],
  ['a getter', { get a(): number { return 1; } }, { a: 1 }], // prettier-ignore
];

/** What the structured clone knows. */
const BUILT_IN: Row[] = [
  ['a BigInt', 2n ** 80n],
  ['a negative BigInt inside', [-1n, 0n]],
  ['a Date', new Date(1e12)],
  ['a Date before 1970', { at: new Date(-1) }],
  ['an invalid Date', new Date(NaN)],
  ['an empty Map', new Map()],
  ['a Map in order', new Map([['b', { b: 1 }], ['a', { b: 2 }]])], // prettier-ignore
  ['a Map with odd keys', new Map<unknown, unknown>([[{ a: 1 }, 1], [NaN, 2], [undefined, 3], ['__proto__', 4]])], // prettier-ignore
  ['an empty Set', new Set()],
  ['a Set', new Set([3, 'a', null, undefined, -1])],
  ['a Map of Sets of Dates', new Map([[1, new Set([new Date(1)])]])],
  ['a Buffer', Buffer.from([0, 255])],
  ['an empty Buffer', Buffer.alloc(0)],
  ['a window on a Buffer', Buffer.from('abcdef').subarray(2, 4)],
  ['an Int8Array', Int8Array.of(-1, 1)],
  ['a Uint8Array', Uint8Array.of(1, 2)],
  ['a Uint8ClampedArray', Uint8ClampedArray.of(300, 2)],
  ['an Int16Array', Int16Array.of(-1, 2)],
  ['a Uint16Array', Uint16Array.of(65_535)],
  ['an Int32Array', Int32Array.of(-1)],
  ['a Uint32Array', { a: 'x', b: Uint32Array.of(2 ** 32 - 1) }],
  ['a Float32Array', Float32Array.of(0.5, -0)],
  ['a Float64Array', Float64Array.of(0.1, NaN, -0)],
  ['a BigInt64Array', BigInt64Array.of(-1n)],
  ['a BigUint64Array', BigUint64Array.of(2n ** 64n - 1n)],
  ['a typed array without elements', new Float64Array()],
  ['a window on a typed array', Uint16Array.of(1, 2, 3).subarray(1, 2)],
  ['an ArrayBuffer', Uint8Array.of(9, 8).buffer],
  ['an ArrayBuffer without bytes', new ArrayBuffer(0)],
  ['a DataView', new DataView(Uint8Array.of(1, 2, 3).buffer, 1, 1)],
  ['a view on shared memory', new Uint8Array(new SharedArrayBuffer(2)), Uint8Array.of(0, 0)],
  ['a regular expression', /a+\/[é]/giu],
  ['an Error', new Error('x')],
  ['a RangeError with a cause', new RangeError('x', { cause: { at: new Date(1) } })],
  ['an Error with undefined as cause', new TypeError('x', { cause: undefined })],
  ['a boxed number', Object(-0)],
  ['a boxed string', Object('abc')],
  ['a boxed boolean', Object(false)],
  ['a boxed BigInt', Object(1n)],
];

/** What needs the structured clone. */
const RICH: Row[] = [
  ['undefined', undefined],
  ['negative zero', -0],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['negative Infinity', -Infinity],
  ['negative zero inside', { a: [-0, 0, NaN] }],
  ['an undefined member', { a: undefined }],
  ['a list with undefined', [undefined, null]],
  ['a list with a hole', [1, , 3]], // eslint-disable-line no-sparse-arrays
  ['a list of holes', new Array(5)],
  ['a list with a far element', far(100_000)],
  ['a hole made good by a member', Object.assign([1, , 3], { x: 2 })], // eslint-disable-line no-sparse-arrays
  ['what a match gives', Object.assign(['b'], { index: 1, input: 'abc', groups: undefined })],
  ...BUILT_IN,
  ['two references to one Map', twice(new Map([[1, 2]]))],
  ['a record without prototype inside', [bare({ a: -0 }), 1n], [{ a: -0 }, 1n]],
  ['a member that a merge could misread, beside a Date', [JSON.parse('{"a":1,"__proto__":{}}'), new Date(1)], [{ a: 1 }, new Date(1)]], // prettier-ignore
  ['a toJSON that is not enumerable', hidden({ a: 1 }, 'toJSON', () => 'never called'), { a: 1 }],
  ['a toJSON of a list', hidden([1], 'toJSON', () => 'never called'), [1]],
  ['a toJSON that is data', { toJSON: 'x', a: 1 }],
  ['a Date with members', Object.assign(new Date(5), { a: 1 }), new Date(5)],
  ['an instance', new Person('a'), { name: 'a' }],
  ['instances inside', { list: [new Person('a')] }, { list: [{ name: 'a' }] }],
  ['an instance of a kind of Date', new (class extends Date {})(3), new Date(3)],
  ['a URL, whose insides are private', { url: new URL('http://a/') }, { url: {} }],
];

/** Everything that a value can go through between the loader and a reader. */
function* waysOf(value: unknown): Generator<[way: string, result: unknown]> {
  yield* through('small', value, (result) => result);
  const wrapped = (more: unknown): unknown => [value, BALLAST, more];
  for (const more of [1, undefined]) {
    const codec = more ? 'own codec' : 'structured';
    yield* through(codec, wrapped(more), (result) => (result as unknown[])[0]);
  }
}

function* through(
  codec: string,
  value: unknown,
  open: (result: unknown) => unknown,
): Generator<[string, unknown]> {
  for (const compressor of COMPRESSORS) {
    const payload = encodeValue(value, MAX, { compressor, thresholdBytes: 0 });
    if (codec !== 'small') expect(payload.compressor).toBe(compressor);
    const packed = unpackEntry(packEntry({ ...META, ...payload }, 'k'), 'k');
    if (!packed) throw new Error('unreadable');
    yield [`${codec}, ${compressor}, bytes`, open(decodeValue(packed, MAX))];
    for (const isolation of ['freeze', 'clone', 'shared'] as const) {
      const terms = { maxValueBytes: MAX, isolation, tenant: null, isKept: true };
      const held = holdEntry(META, subjectOf('k', []), packed, terms);
      yield [`${codec}, ${compressor}, ${isolation}`, open(held.value)];
      yield [`${codec}, ${compressor}, ${isolation} again`, open(held.value)];
    }
  }
}

function assertFaithful(value: unknown, expected: unknown): void {
  for (const [way, result] of waysOf(value)) {
    const difference = differenceOf(result, expected);
    if (difference) throw new Error(`${way}: ${difference}`);
  }
}

describe('a value and what comes back', () => {
  it.each(PLAIN)('is the same for %s, as JSON', (...[, value, expected = value]) => {
    expect(encodeValue(value, MAX).codec).toBe('json');
    assertFaithful(value, expected);
  });

  it.each(RICH)('is the same for %s, structured', (...[, value, expected = value]) => {
    expect(encodeValue(value, MAX).codec).toBe('structured');
    assertFaithful(value, expected);
  });

  it('is the same for any data, or the value is refused by name', () => {
    const policy = fc.constantFrom<CompressionPolicy>(
      ...COMPRESSORS.map((compressor) => ({ compressor, thresholdBytes: 0 })),
    );
    fc.assert(
      fc.property(anything({ withNullPrototype: false }), policy, (value, compression) => {
        const payload = refusedOr(() => encodeValue(value, MAX, compression));
        if (!payload) return;
        const packed = unpackEntry(packEntry({ ...META, ...payload }, 'k'), 'k');
        expect(packed && differenceOf(decodeValue(packed, MAX), value)).toBeNull();
        const terms = {
          maxValueBytes: MAX,
          isolation: 'freeze',
          tenant: null,
          isKept: true,
        } as const;
        const held = holdEntry(META, subjectOf('k', []), payload, terms);
        expect(differenceOf(held.value, value)).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });

  it('is settled after one round, whatever it was', () => {
    fc.assert(
      fc.property(anything({ withNullPrototype: true, withObjectString: true }), (value) => {
        const payload = refusedOr(() => encodeValue(value, MAX));
        if (!payload) return;
        const once = decodeValue(payload, MAX);
        const again = decodeValue(encodeValue(once, MAX), MAX);
        expect(differenceOf(again, once)).toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });

  it.each<[string, unknown, boolean]>([
    ['instances', [new Person('a')], true],
    ['kinds of lists', { a: List.of(1) }, true],
    ['kinds of built-in classes', new (class extends Map {})(), true],
    ['kinds of typed arrays', new (class extends Uint8Array {})(2), true],
    ['kinds of errors, which lose their members', new Oops('x'), true],
    ['errors of several', new AggregateError([1]), true],
    ['members of built-in objects, which are lost', Object.assign(new Date(1), { a: 1 }), true],
    ['a URL, which comes back empty', new URL('http://a/'), true],
    ['built-in objects', BUILT_IN.map(([, value]) => value), false],
    ['plain data', [{ a: 1 }, bare({ a: 1 })], false],
  ])('is reported as changed or not: %s', (_name, value, hasInstances) => {
    expect(encodeValue(value, MAX).hasInstances).toBe(hasInstances);
  });

  it('is the same for a long list, with what is beside its elements', () => {
    const list = Object.assign(Array<number>(70_000).fill(7), { beside: 1 });
    expect(differenceOf(decodeValue(encodeValue(list, MAX), MAX), list)).toBeNull();
  });

  it('keeps two references to one object one object, in structured values', () => {
    const [a, b] = decodeValue(encodeValue(twice(new Date(1)), MAX), MAX) as unknown[];
    expect(a).toBe(b);
  });

  it('does not call a toJSON that somebody gave to all objects', () => {
    const prototype = Object.prototype as { toJSON?: unknown };
    prototype.toJSON = () => 'patched';
    try {
      expect(differenceOf(decodeValue(encodeValue({ a: [1] }, MAX), MAX), { a: [1] })).toBeNull();
    } finally {
      delete prototype.toJSON;
    }
  });
});

describe('the comparison of these tests', () => {
  it.each<[unknown, unknown]>([
    [0, -0],
    [new Array(1), [undefined]],
    [{ a: undefined }, {}],
    [bare({}), {}],
    [new Person('a'), { name: 'a' }],
    [Buffer.from('a'), Uint8Array.from(Buffer.from('a'))],
    [new Date(1), new Date(NaN)],
    [new Map([[1, 2], [3, 4]]), new Map([[3, 4], [1, 2]])], // prettier-ignore
    [new Set([1]), new Set([2])],
    [/a/g, /a/],
    [new Error('a'), new TypeError('a')],
    [new Error('a', { cause: 1 }), new Error('a')],
    [Object(1), Object(2)],
    [Uint8Array.of(1), Uint8Array.of(1, 2)],
    [Object.assign([1], { a: 1 }), [1]],
  ])('tells %p from %p', (a, b) => {
    expect(differenceOf(a, b)).not.toBeNull();
    expect(differenceOf(a, a)).toBeNull();
  });
});

/** The first difference, told strictly but for the realm and an error's stack; `null` if there is none. */
function differenceOf(a: unknown, b: unknown, path = 'value', depth = 0): string | null {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return Object.is(a, b) ? null : `${path}: ${inspect(a)} for ${inspect(b)}`;
  }
  if (depth > 300) return null;
  if (classOf(a) !== classOf(b)) return `${path}: ${classOf(a)} for ${classOf(b)}`;
  const [left, right] = [partsOf(a), partsOf(b)];
  if (left.length !== right.length) {
    return `${path}: ${left.length} parts for ${right.length}`;
  }
  for (const [i, [name, part]] of left.entries()) {
    const [other, otherPart] = right[i] as [string, unknown];
    if (name !== other) return `${path}: ${name} for ${other}`;
    const difference = differenceOf(part, otherPart, `${path}.${name}`, depth + 1);
    if (difference) return difference;
  }
  return null;
}

function classOf(value: object): string {
  const prototype = Object.getPrototypeOf(value) as object | null;
  const name = prototype ? prototype.constructor.name : 'no prototype';
  return `${Object.prototype.toString.call(value)} ${name}`;
}

function partsOf(value: object): [string, unknown][] {
  const named = ArrayBuffer.isView(value)
    ? []
    : Object.keys(value).map((name): [string, unknown] => [name, Reflect.get(value, name)]);
  return [...insidesOf(value).map((part, i): [string, unknown] => [`#${i}`, part]), ...named];
}

function insidesOf(value: object): unknown[] {
  if (types.isDate(value)) return [value.getTime()];
  if (types.isRegExp(value)) return [value.source, value.flags];
  if (types.isMap(value)) return [...value.entries()].flat();
  if (types.isSet(value)) return [...value];
  if (types.isNativeError(value)) {
    return [value.name, value.message, value.stack, 'cause' in value, value.cause];
  }
  if (types.isBoxedPrimitive(value)) return [value.valueOf()];
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    return [...new Uint8Array(buffer, byteOffset, byteLength)];
  }
  if (types.isAnyArrayBuffer(value)) return [...new Uint8Array(value)];
  return Array.isArray(value) ? [value.length] : [];
}

function anything(more: fc.ObjectConstraints): fc.Arbitrary<unknown> {
  return fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    key: fc.string().filter((name) => name !== '__proto__'),
    ...more,
  });
}

/** `null` when it was refused by name; any other error is a defect. */
function refusedOr<T>(encode: () => T): T | null {
  try {
    return encode();
  } catch (error) {
    if (isCacheError(error, 'VALUE_INVALID')) return null;
    throw error;
  }
}

function bare(members: object): object {
  return Object.assign(Object.create(null) as object, members);
}

function hidden(value: object, name: string, member: unknown): object {
  return Object.defineProperty(value, name, { value: member, enumerable: false });
}

function far(index: number): unknown[] {
  const list: unknown[] = [];
  list[index] = 1;
  return list;
}

function twice(value: unknown): unknown[] {
  return [value, value];
}
