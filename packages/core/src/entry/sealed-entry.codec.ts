import { xxh32 } from '@node-rs/xxhash';

import { CacheError } from '../errors/cache.error.js';
import {
  CHECKSUM_BYTES,
  HASH_AT,
  HEADER_BYTES,
  LENGTH_AT,
  RAW_LENGTH_AT,
  SEALED,
  seedOf,
  writeHeader,
  type HeaderParts,
} from './entry-header.codec.js';
import { rawOf, type EncodedValue, type Payload } from './value.codec.js';

const LENGTH_BYTES = 4;
/** Raw length and hash of a payload, in front of it. */
const FRAME_BYTES = 8;

/**
 * Writes an entry with a payload that is sealed into it: bound to all of the header but the lengths, which the seal knows
 * itself, and to the name that the entry has in the store.
 * @param seal gets the context
 */
export function packSealed(
  entry: HeaderParts,
  name: string,
  seal: (context: Uint8Array) => Uint8Array,
): Buffer {
  const header = Buffer.alloc(HEADER_BYTES + entry.hashes.length * 4);
  writeHeader(header, entry, SEALED);
  const payload = seal(contextOf(header, header.length, name));
  const checksumAt = header.length + payload.length;
  // No part of a pool: whoever is given it may look at what stands around it.
  const bytes = Buffer.allocUnsafeSlow(checksumAt + CHECKSUM_BYTES);
  header.writeUInt32BE(payload.length, RAW_LENGTH_AT);
  header.writeUInt32BE(payload.length, LENGTH_AT);
  header.copy(bytes);
  bytes.set(payload, header.length);
  bytes.writeUInt32BE(xxh32(bytes.subarray(0, checksumAt), seedOf(name)), checksumAt);
  return bytes;
}

/**
 * What a sealed payload is bound to: the header with nothing said of the payload, then the name, led by its length.
 * @param bytes that begin with the header, of that length
 */
export function contextOf(bytes: Buffer, length: number, name: string): Buffer {
  const nameBytes = Buffer.byteLength(name, 'utf8');
  const context = Buffer.allocUnsafe(length + LENGTH_BYTES + nameBytes);
  bytes.copy(context, 0, 0, length);
  context.fill(0, RAW_LENGTH_AT, HASH_AT);
  context.writeUInt32BE(nameBytes, length);
  context.write(name, length + LENGTH_BYTES, 'utf8');
  return context;
}

/**
 * The payload with its raw length and its hash in front of it, so that they are sealed as well, in memory of its own; what
 * was given is wiped.
 */
export function framed(payload: EncodedValue): EncodedValue {
  const { rawLength, payloadHash, payload: bytes } = payload;
  const frame = Buffer.allocUnsafeSlow(FRAME_BYTES + bytes.length);
  frame.writeUInt32BE(rawLength);
  frame.writeUInt32BE(payloadHash, LENGTH_BYTES);
  bytes.copy(frame, FRAME_BYTES);
  bytes.fill(0);
  return { ...payload, payload: frame, payloadAt: FRAME_BYTES };
}

/**
 * The payload that {@link framed} made, inflated: it stays in this process.
 * @throws CacheError `VALUE_INVALID`, and what the compressor throws; the caller treats the entry as corrupt.
 */
export function unframed(
  frame: Buffer,
  { codec, compressor }: Pick<Payload, 'codec' | 'compressor'>,
  maxBytes: number,
): Payload {
  if (frame.length < FRAME_BYTES) throw new CacheError('VALUE_INVALID', 'The frame is cut off.');
  const rawLength = frame.readUInt32BE();
  const payloadHash = frame.readUInt32BE(LENGTH_BYTES);
  const payloadAt = FRAME_BYTES;
  const framed = { codec, compressor, rawLength, payloadHash, payload: frame, payloadAt };
  if (compressor === 'none') return framed;
  return { codec, compressor: 'none', rawLength, payloadHash, payload: rawOf(framed, maxBytes) };
}
