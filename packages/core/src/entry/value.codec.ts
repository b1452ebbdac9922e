import { deserialize, serialize } from 'node:v8';

import { compressSync, uncompressSync } from 'snappy';

import { CacheError } from '../errors/cache.error.js';
import type { Compressor, PackedEntry, PayloadCodec } from './entry.js';
import { shapeOf } from './value-shape.js';

/** A value as bytes. */
export type Payload = Pick<PackedEntry, 'codec' | 'compressor' | 'rawLength' | 'payload'>;

/** A value that was just encoded. */
export interface EncodedValue extends Payload {
  /** True when instances of the application's own classes became plain objects. */
  readonly hasInstances: boolean;
}

/** When bytes are made smaller before they are stored. */
export interface CompressionPolicy {
  readonly compressor: Compressor;
  /** Encoded bytes from which it is tried. */
  readonly thresholdBytes: number;
}

/** Compression is kept only if it saves this share of the bytes. */
const MIN_SAVING = 0.1;

/**
 * Encodes a value so that decoding gives back what went in, Date, Map, Set, BigInt, binary data, `undefined` members,
 * NaN and -0 included. Plain JSON data takes JSON, everything else the structured clone format of V8. Class instances
 * come back as plain objects.
 * @throws CacheError `VALUE_INVALID` when the value can't be encoded or takes more than `maxBytes`.
 */
export function encodeValue(
  value: unknown,
  maxBytes: number,
  compression?: CompressionPolicy,
): EncodedValue {
  const { codec, hasInstances } = shapeOf(value);
  const raw = codec === 'json' ? Buffer.from(JSON.stringify(value)) : serializeValue(value);
  if (raw.length > maxBytes) {
    throw new CacheError(
      'VALUE_INVALID',
      `The value takes ${raw.length} bytes; at most ${maxBytes} are cached (maxValueBytes).`,
    );
  }
  const plain: EncodedValue = {
    codec,
    hasInstances,
    compressor: 'none',
    rawLength: raw.length,
    payload: raw,
  };
  if (!compression || compression.compressor === 'none') return plain;
  if (raw.length < compression.thresholdBytes) return plain;
  const small = compressSync(raw);
  if (small.length > raw.length * (1 - MIN_SAVING)) return plain;
  return { ...plain, compressor: compression.compressor, payload: small };
}

/**
 * Decodes what {@link encodeValue} made. The result is the caller's own.
 * @throws whatever the decoder throws; the caller treats the entry as corrupt.
 */
export function decodeValue(
  { codec, compressor, rawLength, payload }: Payload,
  maxBytes: number,
): unknown {
  if (rawLength > maxBytes) throw new CacheError('VALUE_INVALID', 'The stored value is too large.');
  const raw = compressor === 'snappy' ? inflate(payload, rawLength) : payload;
  if (raw.length !== rawLength)
    throw new CacheError('VALUE_INVALID', 'The stored length is wrong.');
  return decodeRaw(codec, raw);
}

/** Snappy says in its first bytes how long the result is (a little-endian base-128 number): checked before it inflates. */
function inflate(payload: Buffer, rawLength: number): Buffer {
  let announced = 0;
  for (let i = 0; i < 5; i++) {
    const byte = payload[i] ?? 0;
    announced += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) break;
  }
  if (announced !== rawLength) throw new CacheError('VALUE_INVALID', 'The stored length is wrong.');
  return uncompressSync(payload, { asBuffer: true }) as Buffer;
}

function decodeRaw(codec: PayloadCodec, raw: Buffer): unknown {
  return codec === 'json'
    ? (JSON.parse(raw.toString('utf8')) as unknown)
    : deserialize(ownCopy(raw)); // binary values come back as windows on these bytes
}

/** A copy with memory of its own; small buffers otherwise share a pool. */
function ownCopy(raw: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(raw.length);
  raw.copy(copy);
  return copy;
}

function serializeValue(value: unknown): Buffer {
  try {
    return serialize(value);
  } catch {
    throw new CacheError(
      'VALUE_INVALID',
      "The value holds something that can't be copied (such as a promise, a stream or a weak map); return plain data from the loader.",
    );
  }
}
