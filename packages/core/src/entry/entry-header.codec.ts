import { xxh32 } from '@node-rs/xxhash';

import { isSameEpoch, type Epoch } from '../journal/fence.js';
import { FORMAT } from '../journal/format.js';
import type { Compressor, PackedEntry, PayloadCodec } from './entry.js';

const MAGIC = 0x5643; // "VC"
const CHECKSUM_AT = 78;
const CODECS: readonly PayloadCodec[] = ['json', 'structured'];
const COMPRESSORS: readonly Compressor[] = ['none', 'snappy', 'gzip', 'brotli', 'zstd'];
const NEGATIVE = 0x40;

/** Everything before the tags; its checksum stands for all the rest. */
export const HEADER_BYTES = 82;
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
 * | 64 | 4 + 4 | payload: raw length, stored length |
 * | 72 | 4 | xxh32 of the payload before compression |
 * | 76 | 2 | number of tags |
 * | 78 | 4 | xxh32 of what follows this field, seeded with that of what precedes it, seeded with that of the key |
 * | 82 | 8 each | tag hashes (low, high) |
 * | … | | payload |
 */
export function packEntry(entry: PackedEntry, key: string): Buffer {
  const { fence, payload, tagHashes } = entry;
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + tagHashes.length * 4 + payload.length);
  const flags =
    CODECS.indexOf(entry.codec) |
    (COMPRESSORS.indexOf(entry.compressor) << 2) |
    (entry.isNegative ? NEGATIVE : 0);
  bytes.writeUInt16BE(MAGIC, 0);
  bytes.writeUInt16BE(FORMAT << 8, 2);
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
  bytes.writeUInt32BE(entry.rawLength, 64);
  bytes.writeUInt32BE(payload.length, 68);
  bytes.writeUInt32BE(entry.payloadHash, 72);
  bytes.writeUInt16BE(tagHashes.length / 2, 76);
  tagHashes.forEach((half, index) => bytes.writeUInt32BE(half, HEADER_BYTES + index * 4));
  payload.copy(bytes, HEADER_BYTES + tagHashes.length * 4);
  bytes.writeUInt32BE(checksum(bytes, key), CHECKSUM_AT);
  return bytes;
}

/**
 * Reads what {@link packEntry} wrote for this key; `null` for anything else. The payload is a view, not a copy.
 * @param current the epoch that most entries are of: theirs is this object then, so that they share one.
 */
export function unpackEntry(
  source: Uint8Array,
  key: string,
  current: Epoch | null = null,
): PackedEntry | null {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  if (bytes.length < HEADER_BYTES) return null;
  if (bytes.readUInt16BE(0) !== MAGIC || bytes.readUInt16BE(2) !== FORMAT << 8) return null;
  const flags = bytes.readUInt16BE(32);
  const codec = CODECS[flags & 3];
  const compressor = COMPRESSORS[(flags >> 2) & 7];
  const tags = bytes.readUInt16BE(76);
  const payloadAt = HEADER_BYTES + tags * 8;
  if (!codec || !compressor || flags & ~(0x1f | NEGATIVE)) return null;
  if (bytes.length !== payloadAt + bytes.readUInt32BE(68)) return null;
  if (bytes.readUInt32BE(CHECKSUM_AT) !== checksum(bytes, key)) return null;
  const epoch = { stamp: readUint64(bytes, 4), nonce: bytes.readUInt32BE(12) };
  return {
    fence: {
      epoch: current && isSameEpoch(current, epoch) ? current : epoch,
      position: readUint64(bytes, 16),
    },
    codec,
    compressor,
    isNegative: (flags & NEGATIVE) !== 0,
    schemaVersion: bytes.readUInt16BE(34),
    createdAt: readUint64(bytes, 24),
    staleAt: readUint64(bytes, 36),
    expiresAt: readUint64(bytes, 44),
    keptUntil: readUint64(bytes, 52),
    loadMs: bytes.readUInt32BE(60),
    rawLength: bytes.readUInt32BE(64),
    payloadHash: bytes.readUInt32BE(72),
    tagHashes: readHashes(bytes, tags * 2),
    payload: bytes.subarray(payloadAt),
  };
}

function readHashes(bytes: Buffer, halves: number): Uint32Array {
  const hashes = new Uint32Array(halves);
  for (let i = 0; i < halves; i++) hashes[i] = bytes.readUInt32BE(HEADER_BYTES + i * 4);
  return hashes;
}

function checksum(bytes: Buffer, key: string): number {
  const head = xxh32(bytes.subarray(0, CHECKSUM_AT), xxh32(key));
  return xxh32(bytes.subarray(HEADER_BYTES), head);
}

/** Safe integers only, which stamps and times are. */
function writeUint64(bytes: Buffer, value: number, at: number): void {
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), at);
  bytes.writeUInt32BE(value % 2 ** 32, at + 4);
}

function readUint64(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
}
