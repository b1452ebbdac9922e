import { contextOf, framed, packSealed, unframed } from './sealed-entry.codec.js';
import { unpackEntry } from './stored-entry.js';
import { decodeValue, encodeValue } from './value.codec.js';

const MAX = 10_000;
const SMALL = { compressor: 'gzip', thresholdBytes: 100 } as const;

const HEADER = {
  fence: { epoch: { stamp: 7, nonce: 8 }, position: 9 },
  createdAt: 1_000,
  staleAt: 2_000,
  expiresAt: 3_000,
  keptUntil: 4_000,
  loadMs: 5,
  schemaVersion: 6,
  isNegative: false,
  hashes: [1, 2, 3, 4],
  codec: 'json',
  compressor: 'none',
} as const;

describe('frames', () => {
  it.each([undefined, SMALL])('give back what was encoded, with its hash (%j)', (compression) => {
    const value = { text: 'a'.repeat(1_000) };
    const encoded = encodeValue(value, MAX, compression);
    const { payloadHash } = encoded;
    const { payload: frame } = framed(encoded);
    const payload = unframed(frame, encoded, MAX);
    expect(payload).toMatchObject({ compressor: 'none', payloadHash });
    expect(decodeValue(payload, MAX)).toEqual(value);
  });

  it('leave nothing in the memory that they were made from', () => {
    const encoded = encodeValue('secret', MAX);
    const { payload } = framed(encoded);
    expect(encoded.payload.every((byte) => byte === 0)).toBe(true);
    expect(payload.buffer.byteLength).toBe(payload.length);
  });

  it.each<[string, (frame: Buffer) => Buffer]>([
    ['cut off', (frame) => frame.subarray(0, 7)],
    ['of another length', (frame) => frame.subarray(0, frame.length - 1)],
    ['said to be larger than allowed', (frame) => Buffer.from(frame.fill(0xff, 0, 4))],
  ])('are refused when they are %s', (_, change) => {
    const encoded = encodeValue('a'.repeat(1_000), MAX, SMALL);
    const { payload } = framed(encoded);
    expect(() => unframed(change(payload), encoded, MAX)).toThrow();
  });
});

describe('packSealed', () => {
  it('writes what is read as sealed, bound to its header and its name', () => {
    const contexts: Uint8Array[] = [];
    const bytes = packSealed(HEADER, 'vc:n:e:{x}', (context) => {
      contexts.push(context);
      return Buffer.from('sealed');
    });
    const stored = unpackEntry(bytes, 'key', null, 'vc:n:e:{x}');
    expect(stored).toMatchObject({ isSealed: true, rawLength: 6, payloadHash: 0, position: 9 });
    expect(stored?.payload.subarray(stored.payloadAt, stored.payloadEnd).toString()).toBe('sealed');
    expect(contextOf(bytes, stored?.payloadAt ?? 0, 'vc:n:e:{x}')).toEqual(contexts[0]);
    expect(contextOf(bytes, stored?.payloadAt ?? 0, 'vc:n:e:{y}')).not.toEqual(contexts[0]);
    expect(unpackEntry(bytes, 'key', null, 'vc:n:e:{y}')).toBeNull();
  });
});
