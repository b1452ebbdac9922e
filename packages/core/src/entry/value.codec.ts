import { DefaultDeserializer, serialize } from 'node:v8';

import { xxh32 } from '@node-rs/xxhash';

import { CacheError, isCacheError } from '../errors/cache.error.js';
import { compress, inflate } from './compression.js';
import type { Compressor, PackedEntry, PayloadCodec } from './entry.js';
import { jsonBytes } from './json-bytes.js';
import { guardJson } from './json-guard.js';
import { guardValue, type Guarded } from './value-guard.js';
import { shapeOf, textLengthOf } from './value-shape.js';

/** A value as bytes. */
export type Payload = Pick<
  PackedEntry,
  'codec' | 'compressor' | 'rawLength' | 'payloadHash' | 'payload' | 'payloadAt' | 'payloadEnd'
>;

/** A value that was just encoded. */
export interface EncodedValue extends Payload {
  /** True when instances of the application's own classes became plain objects, or lost members of their own. */
  readonly hasInstances: boolean;
}

/** When bytes are made smaller before they are stored, and how. */
export interface CompressionPolicy {
  readonly compressor: Compressor;
  /** Encoded bytes from which it is tried. */
  readonly thresholdBytes: number;
  /**
   * 1 (fast) to 22 (small), held to what the compressor knows: gzip up to 9, brotli up to 11; snappy has none. Absent:
   * the compressor's default, for brotli 4.
   */
  readonly level?: number;
}

/** Compression is kept only if it saves this share of the bytes. */
const MIN_SAVING = 0.1;

/**
 * Encodes a value so that decoding gives back what went in, Date, Map, Set, BigInt, binary data, `undefined` members,
 * NaN and -0 included. Plain JSON data takes JSON, everything else the structured clone format of V8.
 *
 * What comes back otherwise: class instances and objects without a prototype as plain objects; what is made from a
 * built-in class as that class. Left behind: members named by symbols, members that can't be enumerated, members of
 * built-in objects, and what a careless merge could turn into a prototype (`__proto__`, `constructor.prototype`).
 * Getters are read. No `toJSON` is called.
 * @param isSecret nothing of it is to be left behind in memory that others may get
 * @throws CacheError `VALUE_INVALID` when the value can't be encoded (functions, symbols, proxies, cycles, depth,
 * whatever a getter throws) or takes more than `maxBytes`; `CONFIG_INVALID` when the runtime lacks the compressor.
 */
export function encodeValue(
  value: unknown,
  maxBytes: number,
  compression?: CompressionPolicy,
  isSecret = false,
): EncodedValue {
  const { codec, hasInstances, raw } = encodeRaw(value, maxBytes);
  if (raw.length > maxBytes) throw tooLarge(raw.length, maxBytes);
  const plain: EncodedValue = {
    codec,
    hasInstances,
    compressor: 'none',
    rawLength: raw.length,
    payloadHash: xxh32(raw),
    payload: raw,
  };
  if (!compression || compression.compressor === 'none') return plain;
  if (raw.length < compression.thresholdBytes) return plain;
  const { compressor, level } = compression;
  const small = compress(raw, compressor, level);
  if (small.length > raw.length * (1 - MIN_SAVING)) return plain;
  if (isSecret) raw.fill(0);
  return { ...plain, compressor, payload: small };
}

/**
 * Decodes what {@link encodeValue} made. The result is the caller's own.
 * @throws whatever the decoder throws; the caller treats the entry as corrupt.
 */
export function decodeValue(payload: Payload, maxBytes: number): unknown {
  return decodeRaw(payload.codec, rawOf(payload, maxBytes), false).value;
}

/** What was decoded, and what its guard found in it. */
export interface Decoded {
  readonly value: unknown;
  readonly guarded: Guarded;
}

/**
 * The text of a payload that is JSON. It is read where it stands: a window on it would cost as much as a quarter of the
 * reading.
 * @throws whatever the decoder throws; the caller treats the entry as corrupt.
 */
export function jsonTextOf(payload: Payload, maxBytes: number): string {
  const { compressor, rawLength, payload: bytes } = payload;
  if (compressor !== 'none') return rawOf(payload, maxBytes).toString('utf8');
  const { payloadAt = 0, payloadEnd = bytes.length } = payload;
  assertLength(payloadEnd - payloadAt, rawLength, maxBytes);
  return bytes.toString('utf8', payloadAt, payloadEnd);
}

/**
 * The bytes before compression. Never inflates to more than the header says, nor than `maxBytes`.
 * @throws whatever the compressor throws; the caller treats the entry as corrupt.
 */
export function rawOf(payload: Payload, maxBytes: number): Buffer {
  const { compressor, rawLength, payload: bytes, payloadAt = 0, payloadEnd } = payload;
  const stored = bytes.subarray(payloadAt, payloadEnd);
  if (compressor === 'none') {
    assertLength(stored.length, rawLength, maxBytes);
    return stored;
  }
  assertLength(rawLength, rawLength, maxBytes);
  const raw = inflate(stored, compressor, rawLength);
  assertLength(raw.length, rawLength, maxBytes);
  return raw;
}

function assertLength(length: number, rawLength: number, maxBytes: number): void {
  if (rawLength > maxBytes) throw new CacheError('VALUE_INVALID', 'The stored value is too large.');
  if (length !== rawLength) throw new CacheError('VALUE_INVALID', 'The stored length is wrong.');
}

/**
 * The value in these bytes, safe to hand out. Binary values in it have memory of their own.
 * @throws whatever the decoder throws; the caller treats the entry as corrupt.
 */
export function decodeRaw(codec: PayloadCodec, raw: Buffer, isFrozen: boolean): Decoded {
  if (codec === 'json') return decodeText(raw.toString('utf8'), raw.length, isFrozen);
  const reader = new OwningDeserializer(raw);
  reader.readHeader();
  const value: unknown = reader.readValue();
  return { value, guarded: guardValue(value, isFrozen) };
}

/** @param bytes that the text takes in UTF-8 */
function decodeText(text: string, bytes: number, isFrozen: boolean): Decoded {
  const value: unknown = JSON.parse(text);
  guardJson(value, isFrozen);
  return { value, guarded: { isFreezable: true, bytes: jsonBytes(value, text.length === bytes) } };
}

/** What Node documents and its declarations leave out. */
interface HostObjectReader extends DefaultDeserializer {
  _readHostObject(): NodeJS.ArrayBufferView;
}

const HostObjectReader = DefaultDeserializer as unknown as new (raw: Buffer) => HostObjectReader;

/** V8's own gives binary values as windows on the bytes that it reads: their `buffer` would hold the whole payload. */
class OwningDeserializer extends HostObjectReader {
  override _readHostObject(): NodeJS.ArrayBufferView {
    const view = super._readHostObject();
    if (Buffer.isBuffer(view)) return Buffer.from(view);
    const View = view.constructor as new (memory: ArrayBufferLike) => NodeJS.ArrayBufferView;
    return new View(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
  }
}

function encodeRaw(
  value: unknown,
  maxBytes: number,
): { readonly codec: PayloadCodec; readonly hasInstances: boolean; readonly raw: Buffer } {
  try {
    const { codec, hasInstances, textLength } = shapeOf(value);
    if (textLength > maxBytes) {
      const length = codec === 'json' ? textLength : textLengthOf(value);
      if (length > maxBytes) throw tooLarge(length, maxBytes);
    }
    const raw = codec === 'json' ? Buffer.from(JSON.stringify(value)) : serialize(value);
    return { codec, hasInstances, raw };
  } catch (error) {
    if (isCacheError(error, 'VALUE_INVALID')) throw error;
    // What was thrown may quote the value.
    throw new CacheError(
      'VALUE_INVALID',
      "The value holds something that can't be copied (such as a promise, a stream, a weak map or a getter that throws); return plain data from the loader.",
    );
  }
}

function tooLarge(bytes: number, maxBytes: number): CacheError {
  return new CacheError(
    'VALUE_INVALID',
    `The value takes at least ${bytes} bytes; at most ${maxBytes} are cached (maxValueBytes).`,
  );
}
