import { xxh32 } from '@node-rs/xxhash';

import { FORMAT } from '../journal/format.js';
import type { Compressor, PackedEntry, PayloadCodec } from './entry.js';

/** "VC", format, zero. */
export const MAGIC = 0x56430000 | (FORMAT << 8);
export const CHECKSUM_BYTES = 4;
export const CODECS: readonly PayloadCodec[] = ['json', 'structured'];
export const COMPRESSORS: readonly Compressor[] = ['none', 'snappy', 'gzip', 'brotli', 'zstd'];
export const SEALED = 0x20;
export const NEGATIVE = 0x40;

/** Everything before the hashes; hash and time of the value stand for all the rest. */
export const HEADER_BYTES = 78;
export const RAW_LENGTH_AT = 64;
export const LENGTH_AT = 68;
export const HASH_AT = 72;
/** Format and epoch: entries that differ here are not compared by fence. */
export const SAME_BYTES = 16;
/**
 * The position and, for loads that had seen the same, when each began, right behind: bytewise order is their order. (A
 * refresh that was forced must not be overwritten by an older load that ends later.)
 */
export const FENCE_BYTES = 16;

/**
 * Writes an entry as bytes, all numbers in network byte order:
 *
 * | at | bytes | |
 * | --- | --- | --- |
 * | 0 | 2 | magic `VC` |
 * | 2 | 1 + 1 | format, zero |
 * | 4 | 8 + 4 | epoch: stamp, nonce |
 * | 16 | 8 | position |
 * | 24 | 8 | created (ms) |
 * | 32 | 2 | flags: bits 0-1 codec, 2-4 compressor, 5 sealed, 6 negative |
 * | 34 | 2 | schema version |
 * | 36 | 3 x 8 | stale, expires, kept until (ms) |
 * | 60 | 4 | load duration (ms) |
 * | 64 | 4 + 4 | payload: raw length (of a sealed one: stored length again), stored length |
 * | 72 | 4 | xxh32 of the payload before compression, 0 if it is sealed |
 * | 76 | 2 | number of cover hashes |
 * | 78 | 8 each | cover hashes (low, high): of the key, its prefixes, the tags |
 * | … | | payload |
 * | … | 4 | xxh32 of all that precedes, seeded with {@link seedOf} the key, or its name where keys are secret |
 *
 * @param seedText the key, or its name where keys are secret
 */
export function packEntry(entry: PackedEntry, seedText: string): Buffer {
  const { payload, hashes } = entry;
  const payloadAt = HEADER_BYTES + hashes.length * 4;
  const checksumAt = payloadAt + payload.length;
  const bytes = Buffer.allocUnsafe(checksumAt + CHECKSUM_BYTES);
  writeHeader(bytes, entry, 0);
  bytes.writeUInt32BE(entry.rawLength, RAW_LENGTH_AT);
  bytes.writeUInt32BE(payload.length, LENGTH_AT);
  bytes.writeUInt32BE(entry.payloadHash, HASH_AT);
  payload.copy(bytes, payloadAt);
  bytes.writeUInt32BE(xxh32(bytes.subarray(0, checksumAt), seedOf(seedText)), checksumAt);
  return bytes;
}

/** What stands before the payload, but for what is said of that. */
export type HeaderParts = Omit<
  PackedEntry,
  'rawLength' | 'payloadHash' | 'payload' | 'payloadAt' | 'payloadEnd'
>;

/** Leaves out what is said of the payload: three numbers. @param mark a flag beside those of the entry */
export function writeHeader(bytes: Buffer, entry: HeaderParts, mark: number): void {
  const { fence, hashes } = entry;
  const flags =
    CODECS.indexOf(entry.codec) |
    (COMPRESSORS.indexOf(entry.compressor) << 2) |
    (entry.isNegative ? NEGATIVE : 0) |
    mark;
  bytes.writeUInt32BE(MAGIC, 0);
  writeUint64(bytes, fence.epoch.stamp, 4);
  bytes.writeUInt32BE(fence.epoch.nonce, 12);
  writeUint64(bytes, fence.position, 16);
  writeUint64(bytes, entry.createdAt, 24);
  bytes.writeUInt16BE(flags, 32);
  bytes.writeUInt16BE(entry.schemaVersion, 34);
  writeUint64(bytes, entry.staleAt, 36);
  writeUint64(bytes, entry.expiresAt, 44);
  writeUint64(bytes, entry.keptUntil, 52);
  bytes.writeUInt32BE(Math.min(entry.loadMs, 0xffffffff), 60);
  bytes.writeUInt16BE(hashes.length / 2, 76);
  for (let i = 0; i < hashes.length; i++) {
    bytes.writeUInt32BE(hashes[i] as number, HEADER_BYTES + i * 4);
  }
}

/** What tells an entry from every other one of its key: hash and time of the value stand for the rest, if it has them. */
export function comparedPart(bytes: Uint8Array): Uint8Array {
  const isSealed = ((bytes[33] ?? 0) & SEALED) !== 0;
  return isSealed ? bytes : bytes.subarray(0, HEADER_BYTES);
}

/** FNV-1a of the key's UTF-16 units: for a text this short it takes less than the way to native code. */
export function seedOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Safe integers only, which stamps and times are. */
function writeUint64(bytes: Buffer, value: number, at: number): void {
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), at);
  bytes.writeUInt32BE(value % 2 ** 32, at + 4);
}

// What `Buffer` offers checks where it reads each time, which takes several times as long as the reading.

/** @param at must be within */
export function readUint64(bytes: Buffer, at: number): number {
  return readUint32(bytes, at) * 2 ** 32 + readUint32(bytes, at + 4);
}

/** @param at must be within */
export function readUint32(bytes: Buffer, at: number): number {
  return (
    (bytes[at] as number) * 2 ** 24 + (readUint16(bytes, at + 1) << 8) + (bytes[at + 3] as number)
  );
}

/** @param at must be within */
export function readUint16(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
