import { createHash } from 'node:crypto';
import * as zlib from 'node:zlib';

import { assertCompressor, compress, inflate, type ActiveCompressor } from './compression.js';
import { decodeValue, encodeValue } from './value.codec.js';

const MAX = 2 ** 24;
const HAS_ZSTD = 'zstdCompressSync' in zlib;
const ACTIVE: readonly ActiveCompressor[] = [
  'snappy',
  'gzip',
  'brotli',
  ...(HAS_ZSTD ? (['zstd'] as const) : []),
];
const TEXT = Buffer.from(
  Array.from({ length: 2_000 }, (_, i) => `line ${(i * i) % 997} of the text`).join('\n'),
);
const NOISE = createHash('shake256', { outputLength: 2_000 }).digest();

describe('assertCompressor', () => {
  it.each(['none', ...ACTIVE])('accepts %s', (name) => {
    expect(() => assertCompressor(name)).not.toThrow();
  });

  it.each(['lz4', '', undefined, 'toString'])('refuses %p and says what is accepted', (name) => {
    expect(() => assertCompressor(name)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('none, snappy, gzip, brotli'),
      }),
    );
  });

  (HAS_ZSTD ? it.skip : it)('says which runtime has zstd, where it is missing', () => {
    expect(() => assertCompressor('zstd')).toThrow('22.15');
    expect(() => compress(TEXT, 'zstd')).toThrow('22.15');
  });
});

describe.each(ACTIVE)('compress and inflate with %s', (compressor) => {
  it('give back the bytes', () => {
    for (const raw of [TEXT, NOISE, Buffer.alloc(0), Buffer.from([1])]) {
      expect(inflate(compress(raw, compressor), compressor, raw.length)).toEqual(raw);
    }
  });

  it('hold any level to what is known', () => {
    for (const level of [1, 5, 22]) {
      const small = compress(TEXT, compressor, level);
      expect(inflate(small, compressor, TEXT.length)).toEqual(TEXT);
    }
    if (compressor === 'snappy') return;
    const [fast, best] = [1, 22].map((level) => compress(TEXT, compressor, level).length);
    expect(best).toBeLessThan(fast as number);
  });

  it('make no more bytes than the header says', () => {
    const bomb = compress(Buffer.alloc(8_000_000), compressor);
    for (const rawLength of [0, 10, 7_900_000]) {
      expect(() => inflate(bomb, compressor, rawLength)).toThrow();
      const payload = {
        codec: 'json',
        compressor,
        rawLength,
        payloadHash: 0,
        payload: bomb,
      } as const;
      expect(() => decodeValue(payload, MAX)).toThrow();
    }
  });

  it('refuse a header that says more than there is, or more than is allowed', () => {
    const payload = encodeValue(TEXT.toString(), MAX, { compressor, thresholdBytes: 0 });
    expect(payload.compressor).toBe(compressor);
    const { rawLength } = payload;
    expect(() => decodeValue({ ...payload, rawLength: rawLength + 1 }, MAX)).toThrow();
    expect(() => decodeValue(payload, rawLength - 1)).toThrow('too large');
    expect(() =>
      decodeValue({ ...payload, payload: payload.payload.subarray(0, 50) }, MAX),
    ).toThrow();
  });

  it('are used only from the threshold on, and where they help', () => {
    const policy = { compressor, thresholdBytes: 1_000 };
    expect(encodeValue('a'.repeat(997), MAX, policy).compressor).toBe('none');
    expect(encodeValue('a'.repeat(998), MAX, policy).compressor).toBe(compressor);
    expect(encodeValue(NOISE, MAX, policy).compressor).toBe('none');
  });
});
