import fc from 'fast-check';

import type { Isolation } from '../options/cache-options.js';
import { coverHashes, subjectOf } from '../validity/cover-hash.js';
import type { EntryMeta } from './entry.js';
import { holdEntry, type HeldEntry } from './held-entry.js';
import { encodeValue } from './value.codec.js';

const MAX = 2 ** 20;
const META: EntryMeta = {
  fence: { epoch: { stamp: 1.7e15, nonce: 4_000_000_000 }, position: 1_700_000_000_123_456 },
  createdAt: 1_700_000_000_123,
  staleAt: 1_700_000_030_000,
  expiresAt: 1_700_000_060_000,
  keptUntil: 1_700_000_090_000,
  loadMs: 120,
  schemaVersion: 65_535,
  isNegative: false,
  tagHashes: coverHashes('tag', ['a', 'b']),
};

function hold(value: unknown, isolation: Isolation = 'freeze', meta = META): HeldEntry {
  const terms = { maxValueBytes: MAX, isolation, tenant: 't', isKept: true };
  return holdEntry(meta, subjectOf('a:b', meta.tagHashes), encodeValue(value, MAX), terms);
}

describe('HeldEntry', () => {
  it('carries what the header says', () => {
    const { tagHashes: _, fence, ...rest } = META;
    const held = hold({ a: 1 });
    expect(held).toMatchObject({ ...rest, tenant: 't' });
    expect(held.fence).toMatchObject(fence);
    expect(held.payloadHash).toBe(encodeValue({ a: 1 }, MAX).payloadHash);
  });

  it('carries any times, positions and versions unchanged', () => {
    const time = fc.nat({ max: 2 ** 42 - 1 });
    const position = fc.nat({ max: Number.MAX_SAFE_INTEGER });
    const flag = fc.boolean();
    fc.assert(
      fc.property(
        time,
        time,
        position,
        position,
        fc.nat({ max: 65_535 }),
        flag,
        (createdAt, later, at, checkedAt, schemaVersion, isSet) => {
          const meta = {
            ...META,
            fence: { ...META.fence, position: at },
            createdAt,
            staleAt: later,
            expiresAt: later + 1,
            keptUntil: later + 2,
            schemaVersion,
            isNegative: isSet,
          };
          const held = hold(1, 'freeze', meta);
          held.isSoftened = !isSet;
          held.isRead = isSet;
          held.checkedAt = checkedAt;
          const { fence: _, tagHashes: _hashes, ...rest } = meta;
          const marks = { isSoftened: !isSet, isRead: isSet, checkedAt };
          expect(held).toMatchObject({ ...rest, ...marks, position: at });
        },
      ),
    );
  });

  it('is a subject of the hashes that it was given', () => {
    const subject = subjectOf('a:b', META.tagHashes);
    expect(hold(1).subject.baseKey).toBe('a:b');
    expect(Array.from(hold(1).subject.hashes)).toEqual(Array.from(subject.hashes));
  });

  it('begins unread, unchecked and not softened', () => {
    expect(hold(1)).toMatchObject({ isRead: false, isSoftened: false, checkedAt: 0 });
  });

  it('has the value as a plain property where one serves all', () => {
    expect(Object.getOwnPropertyDescriptor(hold({ a: 1 }), 'value')).toHaveProperty('value');
  });
});

describe('isolation', () => {
  const plain = (): { list: number[] } => ({ list: [1] });
  const open = (): { at: Date } => ({ at: new Date(1) });

  it('freeze: one frozen value for all', () => {
    const held = hold(plain());
    expect(held.value).toBe(held.value);
    expect(() => (held.value as { list: number[] }).list.push(2)).toThrow(TypeError);
  });

  it('freeze: copies of what freezing does not protect, frozen where it can be', () => {
    const held = hold(open());
    const value = held.value as { at: Date };
    value.at.setTime(5);
    expect((held.value as { at: Date }).at.getTime()).toBe(1);
    expect(Object.isFrozen(value)).toBe(true);
  });

  it.each([plain(), open(), [1n]])('clone: a copy of its own for every caller, of %p', (value) => {
    const held = hold(value, 'clone');
    expect(held.value).not.toBe(held.value);
    expect(held.value).toEqual(value);
    expect(Object.isFrozen(held.value)).toBe(false);
    Object.assign(held.value as object, { changed: true });
    expect(held.value).not.toHaveProperty('changed');
  });

  it('clone: copies nothing that nobody can change', () => {
    for (const value of ['text', 1, null]) {
      const held = hold(value, 'clone');
      expect(Object.getOwnPropertyDescriptor(held, 'value')).toEqual(
        expect.objectContaining({ value }),
      );
    }
  });

  it.each([plain(), open()])('shared: one value for all, not frozen, of %p', (value) => {
    const held = hold(value, 'shared');
    expect(held.value).toBe(held.value);
    expect(Object.isFrozen(held.value)).toBe(false);
  });

  it.each<[Isolation, string, Isolation[]]>([
    ['freeze', 'plain', ['freeze', 'shared']],
    ['freeze', 'open', ['freeze', 'shared']],
    ['clone', 'plain', ['freeze', 'clone', 'shared']],
    ['shared', 'plain', ['shared']],
    ['shared', 'text', ['freeze', 'clone', 'shared']],
  ])('%s: suits, of a %s value, who asks for %p', (isolation, kind, wanted) => {
    const held = hold({ plain: plain(), open: open(), text: 'text' }[kind], isolation);
    const all = ['freeze', 'clone', 'shared'] as const;
    expect(all.filter((one) => held.fits(one))).toEqual(wanted);
  });

  it.each<Isolation>(['freeze', 'clone', 'shared'])(
    '%s: drops what a merge could misread',
    (isolation) => {
      for (const beside of [1, new Date(1)]) {
        const value = [JSON.parse('{"a":1,"__proto__":{"isAdmin":true}}'), beside];
        const [record] = hold(value, isolation).value as object[];
        expect(Object.keys(record as object)).toEqual(['a']);
      }
    },
  );
});

describe('holdEntry', () => {
  it('keeps no more of the bytes that it came from than its own', () => {
    const payload = encodeValue(new Date(1), MAX);
    const chunk = Buffer.alloc(60_000);
    payload.payload.copy(chunk, 30_000);
    const window = chunk.subarray(30_000, 30_000 + payload.rawLength);
    const terms = { maxValueBytes: MAX, isolation: 'freeze', tenant: null, isKept: true } as const;
    const held = holdEntry(META, subjectOf('k', []), { ...payload, payload: window }, terms);
    chunk.fill(0);
    expect((held.value as Date).getTime()).toBe(1);
    expect(held.bytes).toBeLessThan(1_000);
  });

  it('counts what it holds: the decoded value, or the bytes of what is copied', () => {
    const many = Array.from({ length: 1_000 }, () => ({}));
    expect(hold(many).bytes).toBeGreaterThan(60_000);
    expect(hold(many, 'clone').bytes).toBeLessThan(5_000);
  });

  it('refuses what is too large', () => {
    const terms = { maxValueBytes: 10, isolation: 'freeze', tenant: null, isKept: true } as const;
    const payload = encodeValue('x'.repeat(20), MAX);
    expect(() => holdEntry(META, subjectOf('k', []), payload, terms)).toThrow('too large');
  });
});
