import { randomBytes } from 'node:crypto';

import type { Fence } from '../journal/fence.js';

const OWNER_BYTES = 8;
const FIXED_BYTES = OWNER_BYTES + 20;
/** Owners made at a time: a call for random bytes takes longer than all else of a token. */
const OWNERS = 128;

/** Who holds a lease, and what makes the load that it stands for worthless. */
export interface LeaseToken {
  /** Random; tells one attempt from another. */
  readonly owner: Buffer;
  readonly fence: Fence;
  /** Cover hashes of the tags that are known before the load, pairs of 32-bit halves. */
  readonly tagHashes: Uint32Array;
}

/** Gives owners that nobody else has; two machines of one snapshot may, which leases are no proof against. */
export function owners(): () => Buffer {
  let made = Buffer.alloc(0);
  return () => {
    if (made.length === 0) made = randomBytes(OWNERS * OWNER_BYTES);
    const owner = made.subarray(0, OWNER_BYTES);
    made = made.subarray(OWNER_BYTES);
    return owner;
  };
}

/** | 0 | 8 owner | 8 | 8 + 4 epoch: stamp, nonce | 20 | 8 position | 28 | 8 each: tag hashes |, network byte order. */
export function packLeaseToken({ owner, fence, tagHashes }: LeaseToken): Buffer {
  const bytes = Buffer.alloc(FIXED_BYTES + tagHashes.length * 4);
  owner.copy(bytes);
  bytes.writeBigUInt64BE(BigInt(fence.epoch.stamp), 8);
  bytes.writeUInt32BE(fence.epoch.nonce, 16);
  bytes.writeBigUInt64BE(BigInt(fence.position), 20);
  tagHashes.forEach((half, index) => bytes.writeUInt32BE(half, FIXED_BYTES + index * 4));
  return bytes;
}

/** `null` for anything that {@link packLeaseToken} did not write. */
export function unpackLeaseToken(source: Uint8Array): LeaseToken | null {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  if (bytes.length < FIXED_BYTES || (bytes.length - FIXED_BYTES) % 8 !== 0) return null;
  return {
    owner: bytes.subarray(0, OWNER_BYTES),
    fence: {
      epoch: { stamp: Number(bytes.readBigUInt64BE(8)), nonce: bytes.readUInt32BE(16) },
      position: Number(bytes.readBigUInt64BE(20)),
    },
    tagHashes: Uint32Array.from({ length: (bytes.length - FIXED_BYTES) / 4 }, (_, i) =>
      bytes.readUInt32BE(FIXED_BYTES + i * 4),
    ),
  };
}
