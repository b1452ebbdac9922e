import { xxh32 } from '@node-rs/xxhash';

import { FORMAT } from '../journal/format.js';
import type { Compressor, PackedEntry, PayloadCodec } from './entry.js';

const MAGIC = 0x5643; // "VC"
const FIXED_BYTES = 78;
const CODECS: readonly PayloadCodec[] = ['json', 'structured'];
const COMPRESSORS: readonly Compressor[] = ['none', 'snappy'];
const NEGATIVE = 0x40;

/** Format and epoch: entries that differ here are not compared by fence. */
export const SAME_BYTES = 16;
/** The position, right behind: bytewise order is fence order. */
export const FENCE_BYTES = 8;

/**
 * Writes an entry as bytes, all numbers in network byte order:
 *
 * | at | bytes | |
 * | --- | --- | --- |
 * | 0 | 2 | magic `VC` |
 * | 2 | 1 + 1 | format, zero |
 * | 4 | 8 + 4 | epoch: stamp, nonce |
 * | 16 | 8 | position |
 * | 24 | 2 | flags: bits 0-1 codec, 2-4 compressor, 5 sealed, 6 negative |
 * | 26 | 2 | schema version |
 * | 28 | 4 x 8 | created, stale, expires, kept until (ms) |
 * | 60 | 4 | load duration (ms) |
 * | 64 | 4 + 4 | payload: raw length, stored length |
 * | 72 | 2 | number of tags |
 * | 74 | 4 | xxh32 of what follows this field, seeded with that of what precedes it, seeded with that of the key |
 * | 78 | 8 each | tag hashes (low, high) |
 * | … | | payload |
 */
export function packEntry(entry: PackedEntry, key: string): Buffer {
  const { fence, payload, tagHashes } = entry;
  const bytes = Buffer.allocUnsafe(FIXED_BYTES + tagHashes.length * 4 + payload.length);
  const flags =
    CODECS.indexOf(entry.codec) |
    (COMPRESSORS.indexOf(entry.compressor) << 2) |
    (entry.isNegative ? NEGATIVE : 0);
  bytes.writeUInt16BE(MAGIC, 0);
  bytes.writeUInt16BE(FORMAT << 8, 2);
  writeUint64(bytes, fence.epoch.stamp, 4);
  bytes.writeUInt32BE(fence.epoch.nonce, 12);
  writeUint64(bytes, fence.position, 16);
  bytes.writeUInt16BE(flags, 24);
  bytes.writeUInt16BE(entry.schemaVersion, 26);
  writeUint64(bytes, entry.createdAt, 28);
  writeUint64(bytes, entry.staleAt, 36);
  writeUint64(bytes, entry.expiresAt, 44);
  writeUint64(bytes, entry.keptUntil, 52);
  bytes.writeUInt32BE(Math.min(entry.loadMs, 0xffffffff), 60);
  bytes.writeUInt32BE(entry.rawLength, 64);
  bytes.writeUInt32BE(payload.length, 68);
  bytes.writeUInt16BE(tagHashes.length / 2, 72);
  tagHashes.forEach((half, index) => bytes.writeUInt32BE(half, FIXED_BYTES + index * 4));
  payload.copy(bytes, FIXED_BYTES + tagHashes.length * 4);
  bytes.writeUInt32BE(checksum(bytes, key), 74);
  return bytes;
}

/** Reads what {@link packEntry} wrote for this key; `null` for anything else. The payload is a view, not a copy. */
export function unpackEntry(source: Uint8Array, key: string): PackedEntry | null {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  if (bytes.length < FIXED_BYTES) return null;
  if (bytes.readUInt16BE(0) !== MAGIC || bytes.readUInt16BE(2) !== FORMAT << 8) return null;
  const flags = bytes.readUInt16BE(24);
  const codec = CODECS[flags & 3];
  const compressor = COMPRESSORS[(flags >> 2) & 7];
  const tags = bytes.readUInt16BE(72);
  const payloadAt = FIXED_BYTES + tags * 8;
  if (!codec || !compressor || flags & ~(0x1f | NEGATIVE)) return null;
  if (bytes.length !== payloadAt + bytes.readUInt32BE(68)) return null;
  if (bytes.readUInt32BE(74) !== checksum(bytes, key)) return null;
  const tagHashes = Uint32Array.from({ length: tags * 2 }, (_, i) =>
    bytes.readUInt32BE(FIXED_BYTES + i * 4),
  );
  return {
    fence: {
      epoch: { stamp: readUint64(bytes, 4), nonce: bytes.readUInt32BE(12) },
      position: readUint64(bytes, 16),
    },
    codec,
    compressor,
    isNegative: (flags & NEGATIVE) !== 0,
    schemaVersion: bytes.readUInt16BE(26),
    createdAt: readUint64(bytes, 28),
    staleAt: readUint64(bytes, 36),
    expiresAt: readUint64(bytes, 44),
    keptUntil: readUint64(bytes, 52),
    loadMs: bytes.readUInt32BE(60),
    rawLength: bytes.readUInt32BE(64),
    tagHashes,
    payload: bytes.subarray(payloadAt),
  };
}

function checksum(bytes: Buffer, key: string): number {
  const head = xxh32(bytes.subarray(0, FIXED_BYTES - 4), xxh32(key));
  return xxh32(bytes.subarray(FIXED_BYTES), head);
}

/** Safe integers only, which stamps and times are. */
function writeUint64(bytes: Buffer, value: number, at: number): void {
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), at);
  bytes.writeUInt32BE(value % 2 ** 32, at + 4);
}

function readUint64(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
}
