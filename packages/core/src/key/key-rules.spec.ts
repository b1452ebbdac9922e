import { VARIANT_SEPARATOR } from '../validity/cover-hash.js';
import { assertKey, assertPattern, assertTags } from './key-rules.js';

const refused = (code: string, message: string | RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('assertKey', () => {
  it.each(['a', 'users:7', 'Zoë', 'a b', 'a*b?[c]{d}', 'x'.repeat(1_024)])('takes %j', (key) => {
    expect(() => assertKey(key)).not.toThrow();
  });

  it('takes one variant, and no more', () => {
    expect(() => assertKey(`users:7${VARIANT_SEPARATOR}abc`)).not.toThrow();
    expect(() => assertKey(`a${VARIANT_SEPARATOR}b${VARIANT_SEPARATOR}c`)).toThrow();
  });

  it.each<[unknown, RegExp]>([
    ['', /not empty; got ''/],
    [7, /got number/],
    [null, /got null/],
    [undefined, /got undefined/],
    ['a\nb', /control characters/],
    ['a\u0000', /control characters/],
    ['\ud800', /broken Unicode/],
    ['secret'.repeat(2_000), /12000 bytes; accepted: up to 1024/],
    ['ë'.repeat(600), /1200 bytes/],
  ])('refuses %j by name, without repeating it', (key, message) => {
    expect(() => assertKey(key)).toThrow(refused('KEY_INVALID', message));
    expect(() => assertKey(key)).not.toThrow(/secret/);
  });
});

describe('assertTags', () => {
  it('bounds number and size', () => {
    expect(() => assertTags(['users', 'user:7'])).not.toThrow();
    const many = Array.from({ length: 10_000 }, (_, i) => `t${i}`);
    expect(() => assertTags(many)).toThrow(
      refused('TAG_INVALID', '10000 tags at once; accepted: up to 128'),
    );
    expect(() => assertTags(['x'.repeat(257)])).toThrow(
      refused('TAG_INVALID', 'A tag has 257 bytes'),
    );
    expect(() => assertTags([7])).toThrow(refused('TAG_INVALID', 'got number'));
  });
});

describe('assertPattern', () => {
  it.each(['*', '**', '***'])('refuses %s, which is clear()', (pattern) => {
    expect(() => assertPattern(pattern)).toThrow(refused('PATTERN_INVALID', 'use clear\\(\\)'));
  });

  it('bounds its size', () => {
    expect(() => assertPattern('users:*')).not.toThrow();
    expect(() => assertPattern('x'.repeat(257))).toThrow(refused('PATTERN_INVALID', '257 bytes'));
  });
});
