import { xxh32 } from '@node-rs/xxhash';
import fc from 'fast-check';

import { coverHashes } from '../validity/cover-hash.js';
import type { Compressor, PackedEntry } from './entry.js';
import { FENCE_BYTES, HEADER_BYTES, packEntry, SAME_BYTES } from './entry-header.codec.js';
import { unpackEntry } from './stored-entry.js';

const ENTRY: PackedEntry = {
  fence: { epoch: { stamp: 1.7e15, nonce: 4_000_000_000 }, position: 1_700_000_000_123_456 },
  createdAt: 1_700_000_000_000,
  staleAt: 1_700_000_030_000,
  expiresAt: 1_700_000_060_000,
  keptUntil: 1_700_000_090_000,
  loadMs: 120,
  schemaVersion: 3,
  isNegative: false,
  hashes: [...coverHashes('tag', ['a', 'b'])],
  codec: 'structured',
  compressor: 'snappy',
  rawLength: 400,
  payloadHash: 3_000_000_000,
  payload: Buffer.from('payload'),
};
const NEGATIVE: PackedEntry = {
  ...ENTRY,
  isNegative: true,
  hashes: [],
  payload: Buffer.alloc(0),
};

function unpacked(entry: PackedEntry): PackedEntry | null {
  const stored = unpackEntry(packEntry(entry, 'k'), 'k');
  if (!stored) return null;
  const names = Object.keys(entry) as (keyof PackedEntry)[];
  const { epoch, position, payload, payloadAt, payloadEnd } = stored;
  return {
    ...(Object.fromEntries(names.map((name) => [name, stored[name]])) as unknown as PackedEntry),
    fence: { epoch, position },
    payload: payload.subarray(payloadAt, payloadEnd),
  };
}

describe('entry header', () => {
  it('gives back what it was given', () => {
    expect(unpacked(ENTRY)).toEqual(ENTRY);
    expect(unpacked(NEGATIVE)).toEqual(NEGATIVE);
  });

  it.each<Compressor>(['none', 'snappy', 'gzip', 'brotli', 'zstd'])('knows %s', (compressor) => {
    for (const codec of ['json', 'structured'] as const) {
      const bytes = packEntry({ ...ENTRY, compressor, codec }, 'k');
      expect(unpackEntry(bytes, 'k')).toMatchObject({ compressor, codec });
    }
  });

  it.each([5, 6, 7])(
    'reads the unknown compressor %d as nothing, though all else is right',
    (bits) => {
      const bytes = packEntry(ENTRY, 'k');
      bytes.writeUInt16BE((bits << 2) | 1, 32);
      const seed = Math.imul(0x811c9dc5 ^ 'k'.charCodeAt(0), 0x01000193) >>> 0;
      bytes.writeUInt32BE(xxh32(bytes.subarray(0, -4), seed), bytes.length - 4);
      expect(unpackEntry(bytes, 'k')).toBeNull();
    },
  );

  it('takes the header, the hashes, the payload and a checksum, and no more', () => {
    expect(packEntry(NEGATIVE, 'k')).toHaveLength(HEADER_BYTES + 4);
    expect(packEntry(ENTRY, 'k')).toHaveLength(HEADER_BYTES + 2 * 8 + 7 + 4);
  });

  it('shares the epoch that it is given, if it is the same', () => {
    const bytes = packEntry(ENTRY, 'k');
    const current = { ...ENTRY.fence.epoch };
    expect(unpackEntry(bytes, 'k', current)?.fence.epoch).toBe(current);
    const other = { ...current, nonce: 1 };
    expect(unpackEntry(bytes, 'k', other)?.fence.epoch).toEqual(ENTRY.fence.epoch);
  });

  it('reads bytes of another key as nothing', () => {
    expect(unpackEntry(packEntry(ENTRY, 'k'), 'other')).toBeNull();
  });

  it.each([
    ['with tags and payload', ENTRY],
    ['with neither', NEGATIVE],
  ])('reads every flipped bit and every truncation as nothing, %s', (_name, entry) => {
    const bytes = packEntry(entry, 'k');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(unpackEntry(flipped, 'k')).toBeNull();
    }
    for (let length = 0; length < bytes.length; length++) {
      expect(unpackEntry(bytes.subarray(0, length), 'k')).toBeNull();
    }
    expect(unpackEntry(Buffer.concat([bytes, Buffer.alloc(1)]), 'k')).toBeNull();
  });

  it('reads bytes of any origin without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => unpackEntry(bytes, 'k') === null),
    );
  });

  it('orders entries of one epoch by fence, bytewise', () => {
    const stamps = fc.nat({ max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(stamps, stamps, (a, b) => {
        const [left, right] = [a, b].map((position) => {
          const bytes = packEntry({ ...ENTRY, fence: { ...ENTRY.fence, position } }, 'k');
          return {
            same: bytes.subarray(0, SAME_BYTES),
            fence: bytes.subarray(SAME_BYTES, SAME_BYTES + FENCE_BYTES),
          };
        });
        expect(left?.same).toEqual(right?.same);
        expect(Math.sign(Buffer.compare(left?.fence as Buffer, right?.fence as Buffer))).toBe(
          Math.sign(a - b),
        );
      }),
    );
  });
});
