import { jsonBytes } from './json-bytes.js';
import { guardJson } from './json-guard.js';
import { guardValue } from './value-guard.js';

const GUARDS = {
  json: (value: unknown) => guardJson(value, true),
  structured: (value: unknown) => guardValue(value, true),
};

const frozen = (value: unknown): boolean => guardValue(value, true).isFreezable;

describe('guardValue', () => {
  it('freezes records and lists all through', () => {
    const value = { a: [1, { b: 2 }] };
    expect(frozen(value)).toBe(true);
    for (const part of [value, value.a, value.a[1]]) expect(Object.isFrozen(part)).toBe(true);
  });

  it('freezes nothing if it is not asked to', () => {
    const value = { a: [] };
    guardJson(value, false);
    expect(Object.isFrozen(value) || Object.isFrozen(value.a)).toBe(false);
  });

  it.each<[string, unknown]>([
    ['a Date', { a: new Date(1) }],
    ['binary data', [Buffer.from('a')]],
    ['an ArrayBuffer', new ArrayBuffer(1)],
    ['a Map', new Map()],
    ['a Set in a list', [new Set()]],
    ['an Error', new Error('a')],
    ['a RegExp', /a/g],
    ['a Map in a Map', new Map([[1, new Map()]])],
  ])('says that freezing does not protect %s', (_name, value) => {
    expect(frozen(value)).toBe(false);
  });

  it('leaves a RegExp usable', () => {
    const pattern = /a/g;
    guardValue([pattern], true);
    expect(pattern.test('a')).toBe(true);
  });

  it.each(['json', 'structured'] as const)('drops what a merge could misread, as %s', (codec) => {
    const text =
      '{"a":[{"__proto__":{"isAdmin":true}}],"constructor":{"prototype":{"isAdmin":true}},"b":{"constructor":"x","prototype":1}}';
    const value = JSON.parse(text) as { a: object[]; b: object };
    GUARDS[codec](value);
    expect(Object.keys(value)).toEqual(['a', 'b']);
    expect(Object.keys(value.a[0] as object)).toEqual([]);
    expect(Object.keys(value.b)).toEqual(['constructor', 'prototype']);
  });

  it('drops it inside Maps and causes too', () => {
    const inner = (): object => JSON.parse('{"__proto__":1}') as object;
    const value = [new Map([[inner(), inner()]]), new Error('a', { cause: inner() })] as const;
    guardValue(value, false);
    const [[pair], cause] = [[...value[0]], value[1].cause];
    for (const part of [...(pair ?? []), cause]) expect(Object.keys(part as object)).toEqual([]);
  });

  it('ends with cycles, which only foreign bytes can hold', () => {
    const value: unknown[] = [];
    value.push(value);
    expect(frozen(value)).toBe(true);
  });

  // What V8 takes for them: node --expose-gc tools/measure/l1-memory.mjs
  it.each<[string, unknown, number]>([
    ['integers', list(1_000, (i) => i), 8_000],
    ['fractions, which are boxed when they are frozen', list(1_000, (i) => i + 0.5), 24_000],
    ['empty records', list(1_000, () => ({})), 64_000],
    ['empty lists', list(1_000, () => []), 40_000],
    ['small records', list(1_000, (i) => ({ i })), 40_000],
    ['lists of one', list(1_000, (i) => [i]), 64_000],
    ['short texts', list(1_000, (i) => `s${i + 1_000}`), 32_000],
    ['wide texts', list(1_000, (i) => `ж${i + 1_000}`), 40_000],
    ['names of their own', list(1_000, (i) => ({ [`name-${i + 1_000}`]: i })), 196_000],
    ['a table', Object.fromEntries(list(1_000, (i) => [`id-${i + 1_000}`, i])), 73_000],
  ])('knows about what the heap takes for %s', (_name, value, bytes) => {
    const estimate = jsonBytes(value, false);
    expect(estimate / bytes).toBeGreaterThan(0.85);
    expect(estimate / bytes).toBeLessThan(1.25);
  });
});

describe('jsonBytes', () => {
  it('takes the word of who says that no character needs two bytes', () => {
    const wide = ['ж'.repeat(800)];
    expect(jsonBytes(wide, false) - jsonBytes(wide, true)).toBe(800);
  });
});

describe('guardJson and jsonBytes', () => {
  it('pass over what somebody added to all objects', () => {
    const addition = {};
    Object.defineProperty(Object.prototype, 'added', {
      value: addition,
      enumerable: true,
      configurable: true,
    });
    try {
      guardJson({ a: 1 }, true);
      expect(jsonBytes({ a: 1 }, true)).toBe(32);
      expect(Object.isFrozen(addition)).toBe(false);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'added');
    }
  });
});

function list<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}
