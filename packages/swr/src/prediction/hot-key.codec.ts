import { crc32 } from 'node:zlib';

/** A key that is read often. */
export interface HotKey {
  readonly key: string;
  readonly template: string;
  /** Reads, the old ones counting less; at most `error` too high. */
  readonly count: number;
  readonly error: number;
}

/** A sketch as it is saved. */
export interface SavedHotKeys {
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  /** The hottest first. */
  readonly keys: readonly HotKey[];
}

const MAGIC = Buffer.from('VCHK');
const VERSION = 1;
/** | 0 magic | 4 version | 5 CRC-32 of what follows | 9 savedAt | 17 keys |, network byte order. */
const CHECKED_FROM = 9;
const HEADER_BYTES = 21;
/** | 0 count | 8 error | 16 length of template | 18 length of key |, then both in UTF-8. */
const FIXED_BYTES = 20;
const MAX_BYTES = 2 ** 20;

/** At most 1 MiB: the least hot are left out. */
export function encodeHotKeys({ savedAt, keys }: SavedHotKeys): Buffer {
  const parts: Buffer[] = [];
  let length = HEADER_BYTES;
  for (const { key, template, count, error } of keys) {
    const part = Buffer.alloc(FIXED_BYTES + Buffer.byteLength(template) + Buffer.byteLength(key));
    if (length + part.length > MAX_BYTES) break;
    part.writeDoubleBE(count, 0);
    part.writeDoubleBE(error, 8);
    part.writeUInt16BE(part.write(template, FIXED_BYTES), 16);
    part.writeUInt16BE(part.write(key, FIXED_BYTES + part.readUInt16BE(16)), 18);
    parts.push(part);
    length += part.length;
  }
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt8(VERSION, 4);
  header.writeDoubleBE(savedAt, CHECKED_FROM);
  header.writeUInt32BE(parts.length, CHECKED_FROM + 8);
  const bytes = Buffer.concat([header, ...parts]);
  bytes.writeUInt32BE(crc32(bytes.subarray(CHECKED_FROM)), 5);
  return bytes;
}

/** At most `max` keys; `null` for anything that {@link encodeHotKeys} did not write. */
export function decodeHotKeys(source: Uint8Array, max: number): SavedHotKeys | null {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  if (bytes.length < HEADER_BYTES || bytes.length > MAX_BYTES) return null;
  if (!bytes.subarray(0, 4).equals(MAGIC) || bytes.readUInt8(4) !== VERSION) return null;
  if (bytes.readUInt32BE(5) !== crc32(bytes.subarray(CHECKED_FROM))) return null;
  try {
    const keys: HotKey[] = [];
    let at = HEADER_BYTES;
    for (let left = Math.min(max, bytes.readUInt32BE(CHECKED_FROM + 8)); left > 0; left--) {
      const templateEnd = at + FIXED_BYTES + bytes.readUInt16BE(at + 16);
      const end = templateEnd + bytes.readUInt16BE(at + 18);
      const [count, error] = [bytes.readDoubleBE(at), bytes.readDoubleBE(at + 8)];
      if (end > bytes.length || !isCount(count) || !isCount(error)) return null;
      const template = bytes.toString('utf8', at + FIXED_BYTES, templateEnd);
      keys.push({ template, key: bytes.toString('utf8', templateEnd, end), count, error });
      at = end;
    }
    const savedAt = bytes.readDoubleBE(CHECKED_FROM);
    return Number.isFinite(savedAt) ? { savedAt, keys } : null;
  } catch {
    return null; // shorter than it says
  }
}

function isCount(value: number): boolean {
  return value >= 0 && Number.isFinite(value);
}
