import fc from 'fast-check';

import { decodeCoverage, encodeCoverage } from './coverage.codec.js';

describe('encodeCoverage', () => {
  it('writes hashes as low then high half, big-endian, without a header', () => {
    const hashes = Uint32Array.of(0x0102_0304, 0xfffe_fdfc);
    const { kind, body } = encodeCoverage({ kind: 'hashes', hashes });
    expect(kind).toBe('h');
    expect(body.toString('hex')).toBe('01020304fffefdfc');
  });

  it('is read back as it was, whatever the coverage', () => {
    const halves = fc
      .uint32Array({ minLength: 0, maxLength: 64 })
      .filter(({ length }) => length % 2 === 0);
    const coverage = fc.oneof(
      halves.map((hashes) => ({ kind: 'hashes', hashes }) as const),
      fc
        .string({ unit: 'binary', minLength: 1 })
        .map((pattern) => ({ kind: 'glob', pattern }) as const),
      fc.constant({ kind: 'clear' } as const),
    );
    const terms = fc.record(
      { isSoft: fc.constant(true as const), settleMs: fc.nat(2 ** 32 - 1) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(coverage, terms, (plain, withTerms) => {
        const original = { ...plain, ...withTerms };
        const { kind, body } = encodeCoverage(original);
        expect(decodeCoverage(kind, body)).toEqual(original);
      }),
    );
  });

  it('gives what has terms a kind that earlier versions do not know', () => {
    const hashes = Uint32Array.of(1, 2);
    const kinds = [{}, { isSoft: true } as const, { settleMs: 5 }].map(
      (terms) => encodeCoverage({ kind: 'hashes', hashes, ...terms }).kind,
    );
    expect(kinds).toEqual(['h', 't', 't']);
    const { body } = encodeCoverage({ kind: 'hashes', hashes, isSoft: true, settleMs: 258 });
    expect(body.toString('hex')).toBe('6803000001020000000100000002');
  });

  it('rounds a time that does not fit up to what is closest', () => {
    for (const [settleMs, read] of [
      [0.2, 1],
      [-5, 0],
      [Infinity, 2 ** 32 - 1],
    ] as const) {
      const { kind, body } = encodeCoverage({ kind: 'clear', settleMs });
      expect(decodeCoverage(kind, body)).toEqual({ kind: 'clear', settleMs: read });
    }
  });
});

describe('decodeCoverage', () => {
  it.each([
    ['a kind of a later version', 'z', Buffer.from('x')],
    ['no kind', '', Buffer.alloc(0)],
    ['hashes without a body', 'h', undefined],
    ['hashes that were cut off', 'h', Buffer.alloc(12)],
    ['a pattern without a body', 'g', undefined],
    ['terms without a body', 't', undefined],
    ['terms that were cut off', 't', Buffer.from('h')],
    ['a time that was cut off', 't', Buffer.from([0x63, 2, 0, 0])],
    ['terms of a later version', 't', Buffer.from([0x63, 4])],
    ['terms around a kind of a later version', 't', Buffer.from([0x7a, 0])],
    ['terms around a genesis', 't', Buffer.from([0x73, 0])],
    ['an unknown record of another process', 'u', Buffer.alloc(0)],
  ])('covers everything for %s', (_, kind, body) => {
    expect(decodeCoverage(kind, body)).toEqual({ kind: 'unknown' });
  });
});
