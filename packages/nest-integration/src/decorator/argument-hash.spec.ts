import { EventEmitter } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';

import { isCacheError } from '@vitalcache/core';
import * as fc from 'fast-check';

import { hashArguments } from './argument-hash.js';

const of = (...args: unknown[]): string => hashArguments(args);

class Money {
  readonly #amount: number;
  constructor(amount: number) {
    this.#amount = amount;
  }
  get amount(): number {
    return this.#amount;
  }
}

describe('hashArguments', () => {
  it('is a short word fit for a key', () => {
    expect(of('a', { b: 1 })).toMatch(/^[\w-]{22}$/);
  });

  it('never depends on the order of members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        const reversed = Object.fromEntries(Object.entries(data).reverse());
        expect(of(reversed)).toBe(of(data));
      }),
    );
  });

  it('never is the same for data that differs', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
    });
    fc.assert(
      fc.property(fc.array(anything), fc.array(anything), (a, b) => {
        fc.pre(!isSame(a, b));
        expect(hashArguments(a)).not.toBe(hashArguments(b));
      }),
    );
  });

  it('depends on no order in Map and Set', () => {
    expect(
      of(
        new Map([
          ['a', 1],
          ['b', 2],
        ]),
      ),
    ).toBe(
      of(
        new Map([
          ['b', 2],
          ['a', 1],
        ]),
      ),
    );
    expect(of(new Set([1, 2]))).toBe(of(new Set([2, 1])));
  });

  it('is the same with and without absent arguments at the end', () => {
    expect(of('a', undefined)).toBe(of('a'));
    expect(of(undefined, 'a')).not.toBe(of('a'));
  });

  const MIDNIGHT = Date.UTC(2026, 0, 1);
  const different: unknown[] = [
    undefined,
    null,
    '',
    'undefined',
    'null',
    0,
    -0,
    '0',
    1n,
    '1',
    1,
    true,
    'true',
    false,
    NaN,
    [],
    [undefined],
    [null],
    {},
    { a: undefined },
    { a: null },
    [[], []],
    [[[]]],
    'a,b',
    ['a', 'b'],
    ['a,b'],
    new Date(MIDNIGHT),
    MIDNIGHT,
    new Date(NaN),
    new Map(),
    new Set(),
    new Map([['a', 1]]),
    { a: 1 },
    /a/,
    /a/g,
    '/a/',
    Buffer.from('a'),
    new Uint8Array([97]),
    new Uint16Array([97]),
    { [Symbol('gt')]: 1 },
    { [Symbol('gt')]: 2 },
    { [Symbol('lt')]: 1 },
    new URL('http://a/'),
    new URL('http://b/'),
    'http://a/',
    new (class Point {
      x = 1;
    })(),
    { x: 1 },
  ];

  it('tells apart what looks alike', () => {
    const hashes = different.map((value) => hashArguments([value, 'end']));
    expect(new Set(hashes).size).toBe(different.length);
  });

  const socket = new Socket();
  it.each<[string, unknown, RegExp]>([
    ['a function', () => 1, /a function/],
    ['a symbol', Symbol('x'), /a symbol/],
    ['a request', new IncomingMessage(socket), /a request/],
    ['a response', new ServerResponse(new IncomingMessage(socket)), /a response/],
    ['a web request', new Request('http://a/'), /a request/],
    ['a stream', Readable.from([]), /a stream/],
    ['a web stream', new ReadableStream(), /a stream/],
    ['an emitter', new EventEmitter(), /a source of events/],
    ['a promise', Promise.resolve(), /an instance of Promise/],
    ['a signal', new AbortController().signal, /a source of events/],
    ['an error', new Error('x'), /an instance of Error/],
    ['URLSearchParams', new URLSearchParams('a=1'), /an instance of URLSearchParams/],
    ['private state', new Money(1), /an instance of Money, whose state is hidden/],
    ['inherited private state', new (class Euro extends Money {})(1), /an instance of Euro/],
  ])('refuses %s, also inside data', (_what, value, message) => {
    expect(() => of(value)).toThrow(message);
    expect(() => of({ deep: [value] })).toThrow(message);
  });

  it('refuses cycles, and names the argument in the words of the caller', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(() => hashArguments(['a', cycle], (index) => `Argument ${index + 1}`)).toThrow(
      expect.objectContaining({
        code: 'KEY_INVALID',
        message: expect.stringMatching(
          /^Argument 2 is cyclic or nested deeper than 50 levels; name/,
        ),
      }),
    );
  });
});

/** Whether two lists are the same to the hash, judged by another way: one text of each. */
function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  try {
    return normal(a) === normal(b);
  } catch (error) {
    if (isCacheError(error)) return true;
    throw error;
  }
}

function normal(list: readonly unknown[]): string {
  const trimmed = list.slice(0, list.findLastIndex((item) => item !== undefined) + 1);
  return describeValue(trimmed);
}

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return `list(${Array.from(value, describeValue).join(' ')})`;
  if (value instanceof Map) {
    return `map(${[...value]
      .map(([k, v]) => `${describeValue(k)}=${describeValue(v)}`)
      .sort()
      .join(' ')})`;
  }
  if (value instanceof Set) return `set(${[...value].map(describeValue).sort().join(' ')})`;
  if (value instanceof Date) return `date(${value.getTime()})`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([k, v]) => `${JSON.stringify(k)}=${describeValue(v)}`,
    );
    return `object(${members.sort().join(' ')})`;
  }
  if (typeof value === 'string') return JSON.stringify(value);
  return `${typeof value} ${Object.is(value, -0) ? '-0' : String(value)}`;
}
