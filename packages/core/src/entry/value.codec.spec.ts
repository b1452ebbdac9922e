import { xxh32 } from '@node-rs/xxhash';

import { CacheError } from '../errors/cache.error.js';
import { decodeValue, encodeValue } from './value.codec.js';

const MAX = 2 ** 20;

describe('encodeValue', () => {
  it.each<[string, unknown]>([
    ['a function', () => 1],
    ['a function inside', { a: [() => 1] }],
    ['a toJSON of its own', { toJSON: () => 1 }],
    ['a symbol', Symbol('a')],
    ['a boxed symbol', Object(Symbol('a'))],
    ['a promise', Promise.resolve(1)],
    ['a weak map', { a: new WeakMap() }],
    ['shared memory', new SharedArrayBuffer(2)],
    ['a generator', (function* () {})()],
    ['a proxy', new Proxy({ a: 1 }, {})],
    ['a proxy of a list inside', { list: new Proxy([1], {}) }],
    ['a proxy that throws', new Proxy({}, { getPrototypeOf: failing, ownKeys: failing })],
    ['a getter that throws', { get a(): never { return failing(); } }], // prettier-ignore
    ['a getter that changes its mind', changing(1, 2n)],
    ['a getter that ends in a function', changing(new Date(1), () => 1)],
    ['a cycle', cyclic()],
    ['a cycle beside the elements of a list', Object.assign([1, , 3], { x: cyclic() })], // eslint-disable-line no-sparse-arrays
    ['a cycle through a Map', cyclicMap()],
    ['a cycle through the cause of an error', cyclicError()],
    ['nesting without end', JSON.parse('['.repeat(400) + ']'.repeat(400))],
    ['nesting without end beside a Date', [new Date(1), nested(400)]],
    ['a function in the cause of an error', new Error('a', { cause: () => 1 })],
    ['too many bytes', 'x'.repeat(MAX)],
    ['too many bytes beyond ASCII', 'ж'.repeat(MAX / 2)],
    ['too many bytes, structured', [1n, 'x'.repeat(MAX)]],
    ['too many binary bytes', Buffer.alloc(MAX)],
    ['few objects that are written many times', shared(24)],
  ])('refuses %s by name', (_name, value) => {
    expect(() => encodeValue(value, MAX)).toThrow(
      expect.objectContaining({ code: 'VALUE_INVALID' }),
    );
  });

  it('says nothing of the value that it refuses', () => {
    const secret = { get a(): never { throw new CacheError('KEY_INVALID', 'secret'); } }; // prettier-ignore
    const refusal = errorOf(() => encodeValue(secret, MAX));
    expect(refusal).toMatchObject({ code: 'VALUE_INVALID' });
    expect(refusal.message).not.toContain('secret');
    expect(refusal.cause).toBeUndefined();
  });

  it('refuses a text that is written many times before it is written, unless it is written once', () => {
    const text = { text: 'x'.repeat(MAX / 2) };
    const many = Array<unknown>(2_000).fill(text); // a gigabyte in JSON, more than a string may hold
    expect(() => encodeValue(many, MAX)).toThrow('at most');
    expect(() => encodeValue([1n, ...Array<string>(2_000).fill(text.text)], MAX)).toThrow(
      'at most',
    );
    expect(encodeValue([1n, ...many], MAX).rawLength).toBeLessThan(MAX);
  });

  it('accepts as many bytes as are allowed, and not one more', () => {
    expect(encodeValue('x'.repeat(98), 100).rawLength).toBe(100);
    expect(() => encodeValue('x'.repeat(99), 100)).toThrow('101 bytes');
  });

  it('hashes what is before compression', () => {
    const value = 'a'.repeat(5_000);
    const hash = xxh32(JSON.stringify(value));
    expect(encodeValue(value, MAX).payloadHash).toBe(hash);
    const policy = { compressor: 'gzip', thresholdBytes: 0 } as const;
    expect(encodeValue(value, MAX, policy)).toMatchObject({
      compressor: 'gzip',
      payloadHash: hash,
    });
    expect(encodeValue('b'.repeat(5_000), MAX).payloadHash).not.toBe(hash);
  });

  it('leaves alone what it was given', () => {
    const value = JSON.parse('{"a":{"b":[1]},"__proto__":{"c":1}}') as { a: object };
    encodeValue(value, MAX);
    expect(Object.keys(value)).toEqual(['a', '__proto__']);
    expect(Object.isFrozen(value.a)).toBe(false);
  });
});

describe('decodeValue', () => {
  it('gives values of their own each time, down to the memory of binary data', () => {
    const value = { bytes: Buffer.from('secret'), numbers: Float64Array.of(1, 2) };
    const payload = encodeValue([value, 'beside'], MAX);
    const decode = (): typeof value => (decodeValue(payload, MAX) as [typeof value, string])[0];
    const [a, b] = [decode(), decode()];
    a.bytes.fill(0);
    a.numbers.fill(0);
    expect(b.bytes.toString()).toBe('secret');
    expect(new Float64Array(b.numbers.buffer)).toEqual(Float64Array.of(1, 2));
  });

  it('refuses what is nested deeper than anything that is encoded', () => {
    const raw = Buffer.from('['.repeat(100_000) + ']'.repeat(100_000));
    const payload = { ...encodeValue(1, MAX), rawLength: raw.length, payload: raw };
    expect(() => decodeValue(payload, MAX)).toThrow('too deep');
  });

  it('refuses bytes of another length than was said', () => {
    const payload = encodeValue('abc', MAX);
    expect(() => decodeValue({ ...payload, rawLength: 4 }, MAX)).toThrow('length');
    expect(() => decodeValue(payload, 4)).toThrow('too large');
  });

  it('refuses bytes that are of no codec', () => {
    const payload = encodeValue('abc', MAX);
    expect(() => decodeValue({ ...payload, codec: 'structured' }, MAX)).toThrow();
    expect(() => decodeValue({ ...payload, payload: Buffer.from('{"a":') }, MAX)).toThrow();
  });
});

function errorOf(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

function failing(): never {
  throw new Error('trap');
}

/** A member that is one thing when it is looked at and another when it is written. */
function changing(first: unknown, then: unknown): object {
  let reads = 0;
  return { get a(): unknown { return reads++ === 0 ? first : then; } }; // prettier-ignore
}

function cyclic(): unknown {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}

function cyclicMap(): unknown {
  const value = new Map<unknown, unknown>();
  return value.set(value, 1);
}

function cyclicError(): unknown {
  const value = new Error('a');
  value.cause = { value };
  return value;
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = { value };
  return value;
}

/** Twice the same object, `levels` deep: JSON writes it 2 ** levels times. */
function shared(levels: number): unknown {
  let value: unknown = {};
  for (let i = 0; i < levels; i++) value = [value, value];
  return value;
}
