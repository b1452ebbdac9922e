import calculateSlot from 'cluster-key-slot';
import fc from 'fast-check';

import { hashTag } from './hash-tag.js';

describe('hashTag', () => {
  // The examples of the cluster specification of Redis, and what follows from it.
  it.each([
    ['{user1000}.following', 'user1000'],
    ['foo{}{bar}', 'foo{}{bar}'],
    ['foo{{bar}}zap', '{bar'],
    ['foo{bar}{zap}', 'bar'],
    ['{}', '{}'],
    ['foo', 'foo'],
    ['', ''],
    ['foo{bar', 'foo{bar'],
    ['foo}bar{', 'foo}bar{'],
    ['a}b{c}d', 'c'],
    ['vc:{app}:journal', 'app'],
  ])('of %j is %j', (key, tag) => {
    expect(hashTag(key)).toBe(tag);
  });

  it('always is what a cluster hashes of the key', () => {
    const text = fc.string({ unit: fc.constantFrom('{', '}', 'a', 'b') });
    fc.assert(
      fc.property(text, (key) => {
        const tag = hashTag(key);
        // A tag that is a key of its own has the slot of its key, unless it has a tag in turn.
        if (hashTag(tag) === tag) expect(calculateSlot(tag)).toBe(calculateSlot(key));
      }),
      { numRuns: 1_000 },
    );
  });
});
