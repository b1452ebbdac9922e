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
    fc.assert(
      fc.property(coverage, (original) => {
        const { kind, body } = encodeCoverage(original);
        expect(decodeCoverage(kind, body)).toEqual(original);
      }),
    );
  });
});

describe('decodeCoverage', () => {
  it.each([
    ['a kind of a later version', 'z', Buffer.from('x')],
    ['no kind', '', Buffer.alloc(0)],
    ['hashes without a body', 'h', undefined],
    ['hashes that were cut off', 'h', Buffer.alloc(12)],
    ['a pattern without a body', 'g', undefined],
    ['an unknown record of another process', 'u', Buffer.alloc(0)],
  ])('covers everything for %s', (_, kind, body) => {
    expect(decodeCoverage(kind, body)).toEqual({ kind: 'unknown' });
  });
});
