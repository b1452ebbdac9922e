import { createHash } from 'node:crypto';
import { inspect } from 'node:util';

import fc from 'fast-check';

import { coverHashes } from '../validity/cover-hash.js';
import { deepFreeze } from './deep-freeze.js';
import type { PackedEntry } from './entry.js';
import { FENCE_BYTES, packEntry, SAME_BYTES, unpackEntry } from './entry-header.codec.js';
import { decodeValue, encodeValue } from './value.codec.js';

const MAX = 2 ** 20;
const roundTrip = (value: unknown, compressor: 'none' | 'snappy' = 'none'): unknown =>
  decodeValue(encodeValue(value, MAX, { compressor, thresholdBytes: 0 }), MAX);

class Person {
  constructor(readonly name: string) {}
}

describe('value codec', () => {
  it.each<[string, unknown, 'json' | 'structured']>([
    ['null', null, 'json'],
    ['true', true, 'json'],
    ['zero', 0, 'json'],
    ['negative zero', -0, 'structured'],
    ['a fraction', 0.1, 'json'],
    ['the largest safe integer', Number.MAX_SAFE_INTEGER, 'json'],
    ['a tiny number', Number.MIN_VALUE, 'json'],
    ['NaN', NaN, 'structured'],
    ['Infinity', -Infinity, 'structured'],
    ['a string', 'abc', 'json'],
    ['an empty string', '', 'json'],
    ['text beyond ASCII', 'Zoë 😀 \u2028', 'json'],
    ['a lone surrogate', '\ud800', 'json'],
    ['control characters', '\u0000\n', 'json'],
    ['an empty list', [], 'json'],
    ['a list', [1, 'a', null], 'json'],
    ['a list with undefined', [undefined], 'structured'],
    ['a list with a hole', [1, , 3], 'structured'], // eslint-disable-line no-sparse-arrays
    ['a hole made good by a member', Object.assign([1, , 3], { x: 2 }), 'structured'], // eslint-disable-line no-sparse-arrays
    ['an empty object', {}, 'json'],
    ['nested data', { a: [{ b: { c: [1] } }] }, 'json'],
    ['an undefined member', { a: undefined }, 'structured'],
    ['a BigInt', 2n ** 80n, 'structured'],
    ['a Date', new Date(1e12), 'structured'],
    ['a Date inside', { at: new Date(0) }, 'structured'],
    ['a Map', new Map([['a', { b: 1 }]]), 'structured'],
    ['a Map with object keys', new Map([[{ a: 1 }, 1]]), 'structured'],
    ['a Set', new Set([1, 'a']), 'structured'],
    ['a Map of Sets', new Map([[1, new Set([new Date(1)])]]), 'structured'],
    ['a Buffer', Buffer.from([0, 255]), 'structured'],
    ['a Uint8Array', new Uint8Array([1, 2]), 'structured'],
    ['a Float64Array', new Float64Array([0.5, NaN]), 'structured'],
    ['a BigInt64Array', new BigInt64Array([-1n]), 'structured'],
    ['an ArrayBuffer', new Uint8Array([9]).buffer, 'structured'],
    ['a regular expression', /a+/gi, 'structured'],
    ['an Error', new RangeError('x'), 'structured'],
    ['a number-like key order', { 2: 'b', 1: 'a' }, 'json'],
    ['a key named constructor', { constructor: 'x' }, 'json'],
    ['a key named toString', { toString: 'x' }, 'json'],
    ['a boxed-looking string', { length: 3 }, 'json'],
    ['a deep value', JSON.parse('['.repeat(150) + ']'.repeat(150)), 'json'],
  ])('gives back %s', (_name, value, codec) => {
    const payload = encodeValue(value, MAX);
    expect(payload.codec).toBe(codec);
    expect(decodeValue(payload, MAX)).toStrictEqual(value);
    expect(roundTrip(value, 'snappy')).toStrictEqual(value);
  });

  it('gives back any data', () => {
    const anything = fc.anything({
      withDate: true,
      withMap: true,
      withSet: true,
      withBigInt: true,
      withTypedArray: true,
      withSparseArray: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        fc.pre(!inspect(value, { depth: null }).includes('Invalid Date')); // never equal to itself
        expect(roundTrip(value)).toEqual(value);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives an invalid Date back as one', () => {
    expect((roundTrip(new Date(NaN)) as Date).getTime()).toBeNaN();
  });

  it('keeps two references to one object one object, in structured values', () => {
    const shared = { at: new Date(1) };
    const [a, b] = roundTrip([shared, shared]) as unknown[];
    expect(a).toBe(b);
  });

  it('gives class instances back as plain objects, and says so', () => {
    expect(roundTrip(new Person('a'))).toStrictEqual({ name: 'a' });
    expect(encodeValue([new Person('a')], MAX).hasInstances).toBe(true);
    expect(encodeValue([new Date(), new Map(), Buffer.from('a')], MAX).hasInstances).toBe(false);
  });

  it('gives binary values of their own each time', () => {
    const payload = encodeValue({ bytes: Buffer.from('secret') }, MAX);
    const [a, b] = [decodeValue(payload, MAX), decodeValue(payload, MAX)] as { bytes: Buffer }[];
    a?.bytes.fill(0);
    expect(b?.bytes.toString()).toBe('secret');
  });

  it.each<[string, unknown]>([
    ['a function', () => 1],
    ['a function inside', { a: [() => 1] }],
    ['a symbol', Symbol('a')],
    ['a promise', Promise.resolve(1)],
    ['a cycle', Object.assign([] as unknown[], { 0: null }).concat([cyclic()])],
    ['nesting without end', JSON.parse('['.repeat(400) + ']'.repeat(400))],
    ['too many bytes', 'x'.repeat(MAX)],
    ['few objects that are written many times', shared(24)],
  ])('refuses %s by name', (_name, value) => {
    expect(() => encodeValue(value, MAX)).toThrow(
      expect.objectContaining({ code: 'VALUE_INVALID' }),
    );
  });

  it('keeps compression only where it helps', () => {
    const policy = { compressor: 'snappy', thresholdBytes: 100 } as const;
    expect(encodeValue('a'.repeat(90), MAX, policy).compressor).toBe('none');
    expect(encodeValue('a'.repeat(200), MAX, policy).compressor).toBe('snappy');
    const noise = createHash('shake256', { outputLength: 500 }).digest();
    expect(encodeValue(noise, MAX, policy).compressor).toBe('none');
  });

  it('refuses bytes that would inflate to more than they say', () => {
    const payload = encodeValue('a'.repeat(5_000), MAX, {
      compressor: 'snappy',
      thresholdBytes: 0,
    });
    expect(() => decodeValue({ ...payload, rawLength: 10 }, MAX)).toThrow('length');
    expect(() => decodeValue(payload, 1_000)).toThrow('too large');
  });
});

describe('deepFreeze', () => {
  it('says whether freezing protects all of the value', () => {
    expect(deepFreeze({ a: [1, { b: 2 }] })).toEqual({ isProtected: true, objects: 3 });
    expect(deepFreeze({ a: new Date() }).isProtected).toBe(false);
    expect(deepFreeze([Buffer.from('a')]).isProtected).toBe(false);
    expect(deepFreeze(new Map()).isProtected).toBe(false);
    expect(deepFreeze([new Error('a', { cause: {} })]).isProtected).toBe(false);
  });

  it('drops members that a merge could turn into a prototype', () => {
    const value = JSON.parse('{"a":{"__proto__":{"isAdmin":true}}}') as { a: object };
    deepFreeze(value);
    expect(Object.hasOwn(value.a, '__proto__')).toBe(false);
    expect(Object.isFrozen(value.a)).toBe(true);
  });
});

describe('entry header', () => {
  const entry: PackedEntry = {
    fence: { epoch: { stamp: 1.7e15, nonce: 4_000_000_000 }, position: 1_700_000_000_123_456 },
    createdAt: 1_700_000_000_000,
    staleAt: 1_700_000_030_000,
    expiresAt: 1_700_000_060_000,
    keptUntil: 1_700_000_090_000,
    loadMs: 120,
    schemaVersion: 3,
    isNegative: false,
    tagHashes: coverHashes('tag', ['a', 'b']),
    codec: 'structured',
    compressor: 'snappy',
    rawLength: 400,
    payload: Buffer.from('payload'),
  };

  it('gives back what it was given', () => {
    expect(unpackEntry(packEntry(entry, 'k'), 'k')).toEqual(entry);
    const negative = {
      ...entry,
      isNegative: true,
      tagHashes: new Uint32Array(),
      payload: Buffer.alloc(0),
    };
    expect(unpackEntry(packEntry(negative, 'k'), 'k')).toEqual(negative);
  });

  it('reads bytes of another key as nothing', () => {
    expect(unpackEntry(packEntry(entry, 'k'), 'other')).toBeNull();
  });

  it('reads every flipped bit and every truncation as nothing', () => {
    const bytes = packEntry(entry, 'k');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(unpackEntry(flipped, 'k')).toBeNull();
    }
    for (let length = 0; length < bytes.length; length++) {
      expect(unpackEntry(bytes.subarray(0, length), 'k')).toBeNull();
    }
    expect(unpackEntry(Buffer.concat([bytes, Buffer.alloc(1)]), 'k')).toBeNull();
  });

  it('reads bytes of any origin without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => unpackEntry(bytes, 'k') === null),
    );
  });

  it('orders entries of one epoch by fence, bytewise', () => {
    const stamps = fc.nat({ max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(stamps, stamps, (a, b) => {
        const [left, right] = [a, b].map((position) => {
          const bytes = packEntry({ ...entry, fence: { ...entry.fence, position } }, 'k');
          return {
            same: bytes.subarray(0, SAME_BYTES),
            fence: bytes.subarray(SAME_BYTES, SAME_BYTES + FENCE_BYTES),
          };
        });
        expect(left?.same).toEqual(right?.same);
        expect(Math.sign(Buffer.compare(left?.fence as Buffer, right?.fence as Buffer))).toBe(
          Math.sign(a - b),
        );
      }),
    );
  });
});

function cyclic(): unknown {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}

/** Twice the same object, `levels` deep: JSON writes it 2 ** levels times. */
function shared(levels: number): unknown {
  let value: unknown = {};
  for (let i = 0; i < levels; i++) value = [value, value];
  return value;
}
