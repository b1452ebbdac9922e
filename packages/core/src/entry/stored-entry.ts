import { xxh32 } from '@node-rs/xxhash';

import type { Epoch, Fence } from '../journal/fence.js';
import { baseKeyOf, halfList, type Subject } from '../validity/cover-hash.js';
import type { Compressor, PackedEntry, PayloadCodec } from './entry.js';
import {
  CHECKSUM_BYTES,
  CODECS,
  COMPRESSORS,
  HEADER_BYTES,
  MAGIC,
  NEGATIVE,
  SEALED,
  readUint16,
  readUint32,
  readUint64,
  seedOf,
} from './entry-header.codec.js';

/**
 * Reads what `packEntry` or `packSealed` wrote for this key; `null` for anything else.
 * @param current the epoch that most entries are of: theirs is this object then, so that they share one.
 * @param seedText as it was packed with
 */
export function unpackEntry(
  source: Uint8Array,
  key: string,
  current: Epoch | null = null,
  seedText = key,
): StoredEntry | null {
  const bytes = Buffer.isBuffer(source)
    ? source
    : Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  const checksumAt = bytes.length - CHECKSUM_BYTES;
  if (checksumAt < HEADER_BYTES || readUint32(bytes, 0) !== MAGIC) return null;
  const flags = readUint16(bytes, 32);
  if (flags & ~(0x1f | SEALED | NEGATIVE) || !CODECS[flags & 3] || !COMPRESSORS[(flags >> 2) & 7])
    return null;
  const payloadAt = HEADER_BYTES + readUint16(bytes, 76) * 8;
  if (checksumAt !== payloadAt + readUint32(bytes, 68)) return null;
  const checksum = xxh32(bytes.subarray(0, checksumAt), seedOf(seedText));
  if (readUint32(bytes, checksumAt) !== checksum) return null;
  return new StoredEntry(bytes, payloadAt, baseKeyOf(key), current);
}

/**
 * An entry as it came from the store, read out of its bytes where it is asked for something: it is its own fence and
 * its own subject, because most are looked at once. Not to be kept: it may be a window on a much larger buffer.
 */
export class StoredEntry implements PackedEntry, Fence, Subject {
  readonly epoch: Epoch;
  readonly hashes: number[];
  /** Whether an invalidation that makes stale covers it, as its reader found. */
  isSoftened = false;

  /**
   * No #fields: to make an object with them takes as long as all the rest.
   * @param bytes whose every part was checked
   */
  constructor(
    private readonly bytes: Buffer,
    readonly payloadAt: number,
    readonly baseKey: string,
    current: Epoch | null,
  ) {
    const count = (payloadAt - HEADER_BYTES) / 4;
    this.hashes = halfList(count);
    for (let i = 0; i < count; i++) this.hashes[i] = readUint32(bytes, HEADER_BYTES + i * 4);
    const stamp = readUint64(bytes, 4);
    const nonce = readUint32(bytes, 12);
    const isCurrent = current?.stamp === stamp && current.nonce === nonce;
    this.epoch = isCurrent ? current : { stamp, nonce };
  }

  get fence(): Fence {
    return this;
  }

  get position(): number {
    return readUint64(this.bytes, 16);
  }

  get createdAt(): number {
    return readUint64(this.bytes, 24);
  }

  get codec(): PayloadCodec {
    return CODECS[readUint16(this.bytes, 32) & 3] as PayloadCodec;
  }

  get compressor(): Compressor {
    return COMPRESSORS[(readUint16(this.bytes, 32) >> 2) & 7] as Compressor;
  }

  get isNegative(): boolean {
    return (readUint16(this.bytes, 32) & NEGATIVE) !== 0;
  }

  get isSealed(): boolean {
    return (readUint16(this.bytes, 32) & SEALED) !== 0;
  }

  get schemaVersion(): number {
    return readUint16(this.bytes, 34);
  }

  get staleAt(): number {
    return readUint64(this.bytes, 36);
  }

  get expiresAt(): number {
    return readUint64(this.bytes, 44);
  }

  get keptUntil(): number {
    return readUint64(this.bytes, 52);
  }

  get loadMs(): number {
    return readUint32(this.bytes, 60);
  }

  get rawLength(): number {
    return readUint32(this.bytes, 64);
  }

  get payloadHash(): number {
    return readUint32(this.bytes, 72);
  }

  get payload(): Buffer {
    return this.bytes;
  }

  get payloadEnd(): number {
    return this.bytes.length - CHECKSUM_BYTES;
  }
}
