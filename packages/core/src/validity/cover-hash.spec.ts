import { coverHashes, subjectOf, VARIANT_SEPARATOR } from './cover-hash.js';

const NO_TAGS = new Uint32Array();

describe('subjectOf', () => {
  it('has the hashes of the key, of each of its prefixes and of the tags, in this order', () => {
    const tags = coverHashes('tag', ['x', 'y']);
    const { baseKey, hashes } = subjectOf('a:b:c', tags);
    expect(baseKey).toBe('a:b:c');
    expect(Array.from(hashes)).toEqual([
      ...coverHashes('key', ['a:b:c']),
      ...coverHashes('prefix', ['a:', 'a:b:']),
      ...tags,
    ]);
  });

  it('covers a variant through its base key too', () => {
    const key = `a:b${VARIANT_SEPARATOR}de`;
    const { baseKey, hashes } = subjectOf(key, NO_TAGS);
    expect(baseKey).toBe('a:b');
    expect(Array.from(hashes)).toEqual([
      ...coverHashes('key', [key, 'a:b']),
      ...coverHashes('prefix', ['a:']),
    ]);
  });

  it('has nothing but the hash of a key without prefix and tags', () => {
    expect(Array.from(subjectOf('a', NO_TAGS).hashes)).toEqual([...coverHashes('key', ['a'])]);
  });
});

describe('coverHashes', () => {
  it('tells a key from a prefix from a tag of the same text', () => {
    const all = (['key', 'prefix', 'tag'] as const).map((kind) => coverHashes(kind, ['a']).join());
    expect(new Set(all).size).toBe(3);
  });
});
