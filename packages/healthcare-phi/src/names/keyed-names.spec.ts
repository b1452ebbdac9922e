import { createSecretKey, randomBytes } from 'node:crypto';

import { FakeClock } from '@vitalcache/testing';
import fc from 'fast-check';

import { KeyedNames, type KeyedNamesOptions } from './keyed-names.js';

const secret = (): { key: ReturnType<typeof createSecretKey> } => ({
  key: createSecretKey(randomBytes(32)),
});
const OLD = secret();
const NEW = secret();
const slotOf = (key: string): string | null => /patient:(\d+)/.exec(key)?.[1] ?? null;
const names = (options: Partial<KeyedNamesOptions> = {}): KeyedNames =>
  new KeyedNames({ keys: [OLD], slotOf, clock: new FakeClock(), ...options });

describe('KeyedNames', () => {
  it('refuses to be without a key', () => {
    expect(() => names({ keys: [] })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('names, hashes and marks the same in every process with the key, and in none without', () => {
    const [one, same, other] = [names(), names(), names({ keys: [secret()] })];
    const all = (of: KeyedNames): unknown => [
      of.nameOf('patient:7:records'),
      of.hashOf('tag', 'patient:7'),
      of.pseudonym('patient', 'a', '7'),
      of.mark,
    ];
    expect(all(one)).toEqual(all(same));
    expect(JSON.stringify(all(one))).not.toBe(JSON.stringify(all(other)));
    expect(one.knows(same.mark)).toBe(true);
    expect(one.knows(other.mark)).toBe(false);
    expect(one.knows('xxh64')).toBe(false);
  });

  describe('nameOf', () => {
    it('gives what belongs to one patient one slot, and each key a name of its own', () => {
      const of = names();
      const [records, history] = [of.nameOf('patient:7:records'), of.nameOf('patient:7:history')];
      expect(records.slot).toBe(history.slot);
      expect(records.rest).not.toBe(history.rest);
      expect(of.nameOf('patient:8:records').slot).not.toBe(records.slot);
    });

    it('gives a key without a patient a slot of its own', () => {
      expect(names().nameOf('users:7')).toEqual({
        slot: expect.stringMatching(/^.{22}$/),
        rest: '',
      });
    });

    it('never lets anything of the key through, whatever is in it', () => {
      const of = names();
      fc.assert(
        fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (key) => {
          const { slot, rest } = of.nameOf(`patient:7:${key}`);
          expect(slot).toMatch(/^[A-Za-z0-9_-]{22}$/);
          expect(rest).toMatch(/^[A-Za-z0-9_-]{22}$/);
        }),
      );
    });

    it.each([
      '*',
      '[13]',
      '?',
      '\\',
      '{x}',
      'a\0b',
      'a\nb',
      '\u202e',
      '__proto__',
      'x'.repeat(1_000),
    ])('takes %j for an identifier like others', (id) => {
      const of = names({ slotOf: (key) => key.split('/')[1] as string });
      expect(of.nameOf(`patient/${id}`).slot).toBe(of.nameOf(`records/${id}`).slot);
      expect(of.nameOf(`patient/${id}`).slot).not.toBe(of.nameOf('patient/7').slot);
    });
  });

  describe('pseudonym', () => {
    it('never is the same for two kinds, tenants or values', () => {
      const of = names();
      const part = fc.string({ maxLength: 5 });
      fc.assert(
        fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (one, other) => {
          const isSame = of.pseudonym(...one) === of.pseudonym(...other);
          expect(isSame).toBe(JSON.stringify(one) === JSON.stringify(other));
        }),
        { numRuns: 500 },
      );
    });

    it('is another one where a character moved from one part to the next', () => {
      const of = names();
      const all: [string, string, string][] = [
        ['a', 'b', 'c'],
        ['ab', '', 'c'],
        ['', 'ab', 'c'],
        ['a', 'bc', ''],
      ];
      expect(new Set(all.map((parts) => of.pseudonym(...parts))).size).toBe(all.length);
    });

    it('takes what looks like a pseudonym for a value', () => {
      const once = names().pseudonym('patient', 'a', '7');
      expect(names().pseudonym('patient', 'a', once)).not.toBe(once);
    });
  });

  describe('hashOf', () => {
    it('keeps keys, prefixes and tags apart, in halves of 32 bits', () => {
      const of = names();
      const kinds = (['key', 'prefix', 'tag'] as const).map((kind) => of.hashOf(kind, 'users:'));
      expect(new Set(kinds.map(({ low, high }) => `${low} ${high}`)).size).toBe(3);
      for (const { low, high } of kinds) {
        expect(low >>> 0).toBe(low);
        expect(high >>> 0).toBe(high);
      }
    });
  });

  describe('veil', () => {
    it('is undone by unveil only, with a key that is known', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (pattern) => {
          const veiled = names().veil(pattern);
          expect(names().unveil(veiled)).toBe(pattern);
          expect(names({ keys: [NEW, OLD] }).unveil(veiled)).toBe(pattern);
          expect(names({ keys: [NEW] }).unveil(veiled)).toBeNull();
        }),
      );
    });

    it('gives another text each time, as long as the longest pattern allows for at most', () => {
      const of = names();
      const pattern = `patient:*:${'x'.repeat(246)}`;
      expect(of.veil(pattern)).not.toBe(of.veil(pattern));
      expect(of.veil(pattern).length).toBeLessThan(4 * 256);
      expect(of.veil(pattern)).toMatch(/^[A-Za-z0-9_-]+$/);
    });

    it('does not read what it did not write', () => {
      const of = names();
      expect(of.unveil('patient:*')).toBeNull();
      expect(of.unveil('')).toBeNull();
      expect(of.unveil(of.veil('patient:*').slice(0, -4))).toBeNull();
    });
  });

  describe('sign', () => {
    it('vouches for these bytes alone, in 16 bytes', () => {
      const of = names();
      const signature = of.sign(Buffer.from('record'));
      expect(signature).toHaveLength(16);
      expect(of.isSigned(Buffer.from('record'), signature)).toBe(true);
      expect(of.isSigned(Buffer.from('records'), signature)).toBe(false);
      expect(of.isSigned(Buffer.from('record'), signature.subarray(0, 15))).toBe(false);
      expect(names({ keys: [NEW] }).isSigned(Buffer.from('record'), signature)).toBe(false);
    });
  });

  describe('while an index key is being exchanged', () => {
    // What is rolled out, step by step: known, first, last.
    const stages = [
      names({ keys: [OLD] }),
      names({ keys: [OLD, NEW] }),
      names({ keys: [NEW, OLD] }),
      names({ keys: [NEW] }),
    ];

    it('has invalidations of every stage cover entries of its own and of the stage before and after', () => {
      stages.forEach((stage, index) => {
        const named = stage.hashesOf('tag', 'patient:7');
        for (const near of stages.slice(Math.max(0, index - 1), index + 2)) {
          expect(named).toContainEqual(near.hashOf('tag', 'patient:7'));
        }
      });
    });

    it('takes patterns, signatures and journals of the stages beside it', () => {
      stages.forEach((stage, index) => {
        for (const near of stages.slice(Math.max(0, index - 1), index + 2)) {
          expect(near.unveil(stage.veil('patient:*'))).toBe('patient:*');
          expect(near.isSigned(Buffer.from('r'), stage.sign(Buffer.from('r')))).toBe(true);
          expect(near.knows(stage.mark)).toBe(true);
        }
      });
    });

    it('tells pseudonyms of both keys, the present one first', () => {
      const [, known, first] = stages as [KeyedNames, KeyedNames, KeyedNames];
      const both = known.pseudonyms('patient', 'a', '7');
      expect(both).toEqual([...first.pseudonyms('patient', 'a', '7')].reverse());
      expect(both[0]).toBe(known.pseudonym('patient', 'a', '7'));
    });
  });

  it('is still right when what it remembered has gone', () => {
    const clock = new FakeClock();
    const of = names({ clock });
    const before = [of.nameOf('patient:7:a'), of.hashOf('key', 'k'), of.pseudonym('a', 'b', 'c')];
    clock.advance(120_000);
    expect([of.nameOf('patient:7:a'), of.hashOf('key', 'k'), of.pseudonym('a', 'b', 'c')]).toEqual(
      before,
    );
  });
});
