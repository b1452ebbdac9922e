import fc from 'fast-check';

import { subjectOf } from '../validity/cover-hash.js';
import type { EntryMeta } from './entry.js';
import { heldBytes } from './entry-sieve.js';
import { holdEntry, type HeldEntry } from './held-entry.js';
import { L1Cache } from './l1.cache.js';
import { encodeValue } from './value.codec.js';

const MAX = 2 ** 20;
const EPOCH = { stamp: 1.7e15, nonce: 1 };
const NO_TAGS = new Uint32Array();

interface Terms {
  readonly tenant?: string | null;
  readonly value?: unknown;
  readonly position?: number;
  readonly createdAt?: number;
  readonly epoch?: EntryMeta['fence']['epoch'];
}

function entry(key: string, terms: Terms = {}): HeldEntry {
  const { tenant = null, value = 1, position = 5, createdAt = 100, epoch = EPOCH } = terms;
  const meta: EntryMeta = {
    fence: { epoch, position },
    createdAt,
    staleAt: createdAt,
    expiresAt: createdAt,
    keptUntil: createdAt,
    loadMs: 0,
    schemaVersion: 0,
    isNegative: false,
    tagHashes: NO_TAGS,
  };
  const how = { maxValueBytes: MAX, isolation: 'freeze', tenant, isKept: true } as const;
  return holdEntry(meta, subjectOf(key, NO_TAGS), encodeValue(value, MAX), how);
}

/** What one entry of {@link entry} takes under a key of one character. */
const SIZE = heldBytes('a', entry('a'));

function filled(keys: string, maxEntries: number): L1Cache {
  const cache = new L1Cache({ maxBytes: maxEntries * SIZE });
  for (const key of keys) cache.put(key, entry(key));
  return cache;
}

const heldOf = (cache: L1Cache, keys: string): string =>
  [...keys].filter((key) => cache.peek(key)).join('');

describe('L1Cache', () => {
  it('gives back what was put, until it is deleted', () => {
    const cache = filled('', 3);
    const own = entry('a');
    cache.put('a', own);
    expect(cache.get('a')).toBe(own);
    expect([cache.delete('a'), cache.delete('a')]).toEqual([true, false]);
    expect(cache.get('a')).toBeUndefined();
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
  });

  it('holds nothing with no bytes to hold', () => {
    const cache = filled('a', 0);
    expect([cache.get('a'), cache.size, cache.bytes]).toEqual([undefined, 0, 0]);
  });

  it('forgets everything at once', () => {
    const cache = filled('abc', 3);
    cache.clear();
    cache.put('d', entry('d'));
    expect([heldOf(cache, 'abcd'), cache.bytes]).toEqual(['d', SIZE]);
  });

  describe('put', () => {
    it('keeps the entry with the later fence, and of one fence the later load', () => {
      const cache = filled('', 3);
      const later = entry('a', { position: 7 });
      cache.put('a', later);
      cache.put('a', entry('a', { position: 6 }));
      cache.put('a', entry('a', { position: 7, createdAt: 99 }));
      expect(cache.get('a')).toBe(later);
      const latest = entry('a', { position: 7, createdAt: 101 });
      cache.put('a', latest);
      expect(cache.get('a')).toBe(latest);
      expect(cache.bytes).toBe(SIZE);
    });

    it('keeps the entry of another epoch, whatever its fence', () => {
      const cache = filled('', 3);
      cache.put('a', entry('a', { position: 7 }));
      const other = entry('a', { position: 1, epoch: { stamp: 1.8e15, nonce: 2 } });
      cache.put('a', other);
      expect(cache.get('a')).toBe(other);
    });

    it('keeps no entry that is larger than the cache, nor the one before it', () => {
      const cache = filled('ab', 3);
      cache.put('a', entry('a', { value: 'x'.repeat(3 * SIZE), createdAt: 200 }));
      expect(heldOf(cache, 'ab')).toBe('b');
      expect(cache.bytes).toBe(SIZE);
    });
  });

  describe('when it is full', () => {
    it('drops what was not read, the oldest first', () => {
      const cache = filled('abc', 3);
      cache.get('a');
      cache.put('d', entry('d'));
      expect(heldOf(cache, 'abcd')).toBe('acd');
      cache.put('e', entry('e'));
      expect(heldOf(cache, 'abcde')).toBe('ade');
    });

    it('does not take a peek for a read', () => {
      const cache = filled('abc', 3);
      cache.peek('a');
      cache.put('d', entry('d'));
      expect(heldOf(cache, 'abcd')).toBe('bcd');
    });

    it('keeps what is read again and again through any number of others', () => {
      const cache = filled('abc', 3);
      for (let i = 0; i < 1_000; i++) {
        cache.get('a');
        cache.put(`${i}`.padStart(1, '0'), entry('x'));
      }
      expect(cache.peek('a')).toBeDefined();
      expect(cache.bytes).toBeLessThanOrEqual(3 * SIZE);
    });

    it('drops something also when everything was read', () => {
      const cache = filled('abc', 3);
      for (const key of 'abc') cache.get(key);
      cache.put('d', entry('d'));
      expect(heldOf(cache, 'abcd')).toBe('bcd');
    });
  });

  describe('shrinkTo', () => {
    it('drops what was read least lately until the rest fits', () => {
      const cache = filled('abcd', 4);
      cache.get('a');
      cache.shrinkTo(2 * SIZE);
      expect(heldOf(cache, 'abcd')).toBe('ad');
    });

    it('holds no more until it is told another number, and never more than its maximum', () => {
      const cache = filled('abcd', 4);
      cache.shrinkTo(2.5 * SIZE);
      cache.put('e', entry('e'));
      expect(cache.size).toBe(2);
      cache.shrinkTo(100 * SIZE);
      for (const key of 'fghijk') cache.put(key, entry(key));
      expect(cache.size).toBe(4);
    });

    it('holds nothing when nothing is left', () => {
      const cache = filled('abcd', 4);
      cache.shrinkTo(-1);
      cache.put('e', entry('e'));
      expect([cache.size, cache.bytes]).toEqual([0, 0]);
    });
  });

  describe('with a quota for tenants', () => {
    const fill = (cache: L1Cache, tenant: string | null, keys: Iterable<string>): void => {
      for (const key of keys) cache.put(key, entry(key, { tenant }));
    };

    it('a tenant that floods it drops its own, nobody else', () => {
      const cache = new L1Cache({ maxBytes: 10 * SIZE, tenantMaxBytes: 3 * SIZE });
      fill(cache, 'quiet', 'ab');
      fill(cache, null, 'cd');
      fill(cache, 'loud', '0123456789'.repeat(20));
      expect(heldOf(cache, 'abcd')).toBe('abcd');
      expect(heldOf(cache, '0123456789')).toBe('789');
    });

    it('a tenant keeps of its own what it reads', () => {
      const cache = new L1Cache({ maxBytes: 10 * SIZE, tenantMaxBytes: 3 * SIZE });
      fill(cache, 'loud', '123');
      cache.get('1');
      fill(cache, 'loud', '4');
      expect(heldOf(cache, '1234')).toBe('134');
    });

    it('keeps no entry that is larger than the quota', () => {
      const cache = new L1Cache({ maxBytes: 10 * SIZE, tenantMaxBytes: 3 * SIZE });
      fill(cache, 'a', '1');
      cache.put('2', entry('2', { tenant: 'a', value: 'x'.repeat(3 * SIZE) }));
      expect(heldOf(cache, '12')).toBe('1');
    });

    it('counts an entry against the tenant that it is of now', () => {
      const cache = new L1Cache({ maxBytes: 10 * SIZE, tenantMaxBytes: 2 * SIZE });
      fill(cache, 'a', '12');
      cache.put('1', entry('1', { tenant: 'b', createdAt: 200 }));
      fill(cache, 'a', '3');
      expect(heldOf(cache, '123')).toBe('123');
    });

    it('never holds more than it may, of all or of one, and counts right, whatever happens', () => {
      const key = fc.constantFrom(...'abcdefghijklmnop');
      const tenant = fc.constantFrom('x', 'y', null);
      const step = fc.oneof(
        fc.tuple(fc.constant('put'), key, tenant, fc.nat({ max: 400 })),
        fc.tuple(fc.constant('get'), key),
        fc.tuple(fc.constant('delete'), key),
        fc.tuple(fc.constant('shrink'), fc.nat({ max: 8 * SIZE })),
        fc.tuple(fc.constant('clear')),
      );
      fc.assert(
        fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
          const cache = new L1Cache({ maxBytes: 8 * SIZE, tenantMaxBytes: 3 * SIZE });
          let limit = 8 * SIZE;
          for (const [kind, first, owner, length] of steps) {
            if (kind === 'put') {
              const terms = { tenant: owner, value: 'x'.repeat(length) };
              cache.put(first, entry(first, terms));
            } else if (kind === 'get') cache.get(first);
            else if (kind === 'delete') cache.delete(first);
            else if (kind === 'clear') cache.clear();
            else cache.shrinkTo((limit = first));
            const held = [...'abcdefghijklmnop'].flatMap((name) => {
              const one = cache.peek(name);
              return one ? [{ tenant: one.tenant, bytes: heldBytes(name, one) }] : [];
            });
            const sum = (some: typeof held): number =>
              some.reduce((all, { bytes }) => all + bytes, 0);
            expect(cache.bytes).toBe(sum(held));
            expect(cache.size).toBe(held.length);
            expect(cache.bytes).toBeLessThanOrEqual(limit);
            for (const name of ['x', 'y']) {
              const own = held.filter((one) => one.tenant === name);
              expect(sum(own)).toBeLessThanOrEqual(3 * SIZE);
            }
          }
        }),
      );
    });
  });
});
