import fc from 'fast-check';

import { compileGlob, escapeGlob, simplifyGlob } from './glob.js';

/** The same language, by trying every way: right, and slow. */
function matchesSlowly(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*') {
    return (
      matchesSlowly(pattern.slice(1), text) ||
      (text !== '' && matchesSlowly(pattern, text.slice(1)))
    );
  }
  if (text === '') return false;
  return (
    (pattern[0] === '?' || pattern[0] === text[0]) && matchesSlowly(pattern.slice(1), text.slice(1))
  );
}

describe('compileGlob', () => {
  it.each([
    ['users:*', 'users:7:profile', true],
    ['users:*', 'users:', true],
    ['users:*', 'user:7', false],
    ['*:7:*', 'users:7:profile', true],
    ['u?er', 'user', true],
    ['u?er', 'uer', false],
    ['user:[1-3]', 'user:2', true],
    ['user:[1-3]', 'user:4', false],
    ['user:[^1-3]', 'user:4', true],
    ['user:[3-1]', 'user:2', true],
    ['user:[ab\\]]', 'user:]', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['a\\\\b', 'a\\b', true],
    ['ends\\', 'ends\\', true],
    ['a[bc', 'ac', true],
    ['?', '😀', true],
    ['', '', true],
    ['**', 'anything', true],
  ])('%s on %s is %s', (pattern, text, expected) => {
    expect(compileGlob(pattern)(text)).toBe(expected);
  });

  it('agrees with trying every way', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
    fc.assert(
      fc.property(pattern, text, (p, t) => compileGlob(p)(t) === matchesSlowly(p, t)),
      { numRuns: 2_000 },
    );
  });

  it('ends on patterns that would keep a backtracking matcher busy for ever', () => {
    expect(compileGlob(`${'a*'.repeat(100)}b`)('a'.repeat(1_000))).toBe(false);
  });

  it('matches a literal that was escaped, and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (literal, other) => {
        const matches = compileGlob(escapeGlob(literal));
        return matches(literal) && (other === literal || !matches(other));
      }),
    );
  });
});

describe('simplifyGlob', () => {
  it.each([
    ['users:7', { kind: 'key', text: 'users:7' }],
    ['users:*', { kind: 'prefix', text: 'users:' }],
    ['a\\*b', { kind: 'key', text: 'a*b' }],
    ['users*', null],
    ['users:?', null],
    ['*:7', null],
    ['a:**', null],
    ['a:\\*', null],
  ])('%s is %o', (pattern, expected) => {
    expect(simplifyGlob(pattern)).toEqual(expected);
  });
});
