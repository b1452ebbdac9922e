import { CacheKeyFactory, compileGlob } from '@vitalcache/core';
import fc from 'fast-check';

import { isOfShape, mayMatch, shapeOf } from './name-shape.js';

const TEMPLATES = ['users', 'users:one:{id}', 'users:{id}', 'u:v-{id}.json:{a}', '{id}:{a}:users'];

describe('a shape of names', () => {
  const keys = new CacheKeyFactory();
  const value = fc.string({ unit: fc.constantFrom(...'us7v-.:*'), maxLength: 4 });

  it('always tells a name that its template made', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TEMPLATES), value, value, (template, id, a) => {
        const name = keys.key(template, { id, a });
        expect(isOfShape(name.split(':'), shapeOf(template))).toBe(true);
      }),
    );
  });

  it('never denies a pattern that matches a name of its template', () => {
    const pattern = fc.string({ unit: fc.constantFrom(...'users:one7v-*?[]^\\'), maxLength: 10 });
    const cut = fc.tuple(fc.nat(14), fc.constantFrom('*', '?', '[a-z]', ''));
    fc.assert(
      fc.property(
        fc.constantFrom(...TEMPLATES),
        value,
        value,
        pattern,
        fc.array(cut, { maxLength: 3 }),
        (template, id, a, random, cuts) => {
          const key = keys.key(template, { id, a });
          const near = cuts.reduce(
            (text, [at, by]) => text.slice(0, at) + by + text.slice(at + 1),
            key,
          );
          for (const one of [random, near, `${key.slice(0, id.length)}*`]) {
            if (compileGlob(one)(key)) expect(mayMatch(one, shapeOf(template))).toBe(true);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['user:7:*', 'users:one:{id}', false],
    ['users:7:*', 'users:one:{id}', false],
    ['users:one', 'users:one:{id}', false],
    ['users:one:7:*', 'users:one:{id}', false],
    ['users:*', 'users', false],
    ['users:*', 'users:one:{id}', true],
    ['users:one:7', 'users:one:{id}', true],
    ['u*', 'users:one:{id}', true],
    ['user?:one:*', 'users:one:{id}', true],
    ['*:7', 'users:one:{id}', true],
  ])('%s and %s: %s', (pattern, template, expected) => {
    expect(mayMatch(pattern, shapeOf(template))).toBe(expected);
  });
});
