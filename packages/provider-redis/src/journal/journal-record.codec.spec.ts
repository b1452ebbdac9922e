import fc from 'fast-check';

import { decodeRecord, formatRef, parseRef } from './journal-record.codec.js';

const SOUND = {
  k: 'c',
  n: '7',
  p: '1700000000000000-4294967295',
  e: '1600000000000000-1',
  i: 'run',
  c: '1;x',
  b: '',
};

function decode(
  fields: Record<string, string>,
  id = '1700000000000001-0',
): ReturnType<typeof decodeRecord> {
  return decodeRecord([
    Buffer.from(id),
    Object.entries(fields)
      .flat()
      .map((text) => Buffer.from(text)),
  ]);
}

describe('decodeRecord', () => {
  it('reads an entry', () => {
    expect(decode(SOUND)).toEqual({
      stamp: 1_700_000_000_000_001,
      nonce: 7,
      epoch: { stamp: 1_600_000_000_000_000, nonce: 1 },
      previous: { stamp: 1_700_000_000_000_000, nonce: 4_294_967_295 },
      incarnation: 'run',
      constants: '1;x',
      body: { kind: 'clear' },
    });
  });

  it('reads a genesis, which is linked to nothing', () => {
    expect(decode({ ...SOUND, k: 's', p: '' })).toMatchObject({
      previous: null,
      body: { kind: 'genesis' },
    });
  });

  it('ignores fields of a later version', () => {
    expect(decode({ ...SOUND, z: 'new' })).toEqual(decode(SOUND));
  });

  it.each(['n', 'p', 'e'] as const)(
    'covers everything, but keeps its stamp, without a sound %s',
    (name) => {
      for (const broken of ['', 'x', '-1', '1.5', '99999999999999999999']) {
        const record = decode({ ...SOUND, [name]: broken });
        expect(record.stamp).toBe(1_700_000_000_000_001);
        expect(record.body).toEqual({ kind: 'unknown' });
      }
    },
  );

  it('keeps its nonce when only its body can not be read', () => {
    expect(decode({ ...SOUND, k: 'h', b: 'abc' })).toMatchObject({
      nonce: 7,
      body: { kind: 'unknown' },
    });
  });

  it('never throws, and what it makes of rubbish covers everything or is a genesis of no epoch', () => {
    const bytes = fc.uint8Array({ maxLength: 12 }).map((array) => Buffer.from(array));
    const rubbish = fc.tuple(
      bytes,
      fc.array(fc.oneof(bytes, fc.constantFrom('k', 'n', 'p', 'e').map(Buffer.from)), {
        maxLength: 10,
      }),
    );
    fc.assert(
      fc.property(rubbish, (entry) => {
        const { body, epoch, stamp } = decodeRecord(entry);
        expect(body.kind === 'unknown' || epoch.stamp > 0).toBe(true);
        expect(Number.isSafeInteger(stamp)).toBe(true);
      }),
    );
  });
});

describe('parseRef', () => {
  it('reads what formatRef wrote', () => {
    const ref = fc.record({ stamp: fc.nat(Number.MAX_SAFE_INTEGER), nonce: fc.nat(2 ** 32 - 1) });
    fc.assert(
      fc.property(ref, (original) => expect(parseRef(formatRef(original))).toEqual(original)),
    );
  });
});
