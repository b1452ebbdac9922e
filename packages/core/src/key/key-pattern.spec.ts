import fc from 'fast-check';

import { VARIANT_SEPARATOR } from '../validity/cover-hash.js';
import { CacheKeyFactory } from './cache-key.factory.js';
import { KeyPattern, segmentsOf } from './key-pattern.js';

const matches = (template: string, key: string): boolean =>
  new KeyPattern(template).matches(segmentsOf(key));

describe('KeyPattern', () => {
  it('always tells a key that its template made, whatever the values', () => {
    const keys = new CacheKeyFactory();
    const value = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.constant(null));
    const templates = ['users:{id}', '{a}:{b}', 'x:v-{a}-{b}.json:{0}', 'k{a}'];
    fc.assert(
      fc.property(fc.constantFrom(...templates), value, value, value, (template, id, a, b) => {
        const key = keys.key(template, { id, a, b, '0': id });
        expect(matches(template, key)).toBe(true);
      }),
    );
  });

  it.each<[string, string, boolean]>([
    ['users:{id}', 'users:7', true],
    ['users:{id}', 'users:', true],
    ['users:{id}', 'users', false],
    ['users:{id}', 'users:7:posts', false],
    ['users:{id}', 'Users:7', false],
    ['users:all', 'users:all', true],
    ['users:all', 'users:7', false],
    ['u-{id}.json:x', 'u-7.json:x', true],
    ['u-{id}.json:x', 'u-7.xml:x', false],
    ['users:{id}', `users:7${VARIANT_SEPARATOR}de:DE`, true],
  ])('%s and %s: %s', (template, key, expected) => {
    expect(matches(template, key)).toBe(expected);
  });

  it('takes no longer for a key that nearly matches again and again', () => {
    const template = new KeyPattern(`${'{a}x'.repeat(20)}y`);
    expect(template.matches(['x'.repeat(1_000)])).toBe(false);
  });

  it('sorts what is spelled out first', () => {
    const sorted = ['{a}:{b}', 'u:{id}', 'u:v-{id}', 'u:all', '{a}:all'].map(
      (source) => new KeyPattern(source),
    );
    expect(sorted.sort(KeyPattern.compare).map(({ source }) => source)).toEqual([
      'u:all',
      'u:v-{id}',
      'u:{id}',
      '{a}:all',
      '{a}:{b}',
    ]);
  });

  it('refuses what is no template', () => {
    expect(() => new KeyPattern('users:{id')).toThrow(
      expect.objectContaining({ code: 'KEY_INVALID' }),
    );
  });
});
