import { canonicalJson, printable } from './canonical-json.js';

const HOSTILE: readonly [string, string][] = [
  ['newline', 'a\nb'],
  ['carriage return', 'a\rb'],
  ['ANSI', 'a\u001b[2Jb'],
  ['C1 control', 'a\u009bb'],
  ['U+2028', 'a\u2028b'],
  ['U+2029', 'a\u2029b'],
  ['NUL', 'a\0b'],
  ['right-to-left override', 'a\u202eb'],
  ['DEL', 'a\u007fb'],
  ['byte order mark', '\ufeffb'],
  ['lone surrogate', 'a\ud800b'],
];

describe('canonicalJson', () => {
  it('sorts members at every depth, leaves undefined ones out and writes no white space', () => {
    expect(canonicalJson({ b: [{ z: 1, a: null }], a: undefined, A: true })).toBe(
      '{"A":true,"b":[{"a":null,"z":1}]}',
    );
  });

  it('gives values that are alike the same text', () => {
    expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }));
  });

  it.each(HOSTILE)('writes a %s as an escape, from which the text comes back', (_, hostile) => {
    const text = canonicalJson({ actor: hostile, [hostile]: 1 });

    expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(text)).toEqual({ actor: hostile, [hostile]: 1 });
    expect(canonicalJson(JSON.parse(text))).toBe(text);
  });

  it('takes a member named __proto__ for what it is', () => {
    const text = '{"__proto__":{"isAdmin":true}}';

    expect(canonicalJson(JSON.parse(text))).toBe(text);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });
});

describe('printable', () => {
  it.each(HOSTILE)('shows a %s without doing what it does', (_, hostile) => {
    expect(printable(hostile)).toMatch(/^[\x20-\x7e]+$/);
  });

  it('leaves letters of any script as they are', () => {
    expect(printable('Zoë "Ά" 李')).toBe('Zoë "Ά" 李');
  });
});
