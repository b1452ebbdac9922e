import type { ComplianceLevel } from '@vitalcache/core';

/**
 * Where what stands in a sealed payload (format 1), all numbers in network byte order:
 *
 * | at | bytes | |
 * | --- | --- | --- |
 * | 0 | 2 | magic `PC` |
 * | 2 | 1 + 1 | format, suite |
 * | 4 | 1 + 1 | flags: bit 1 padded, bit 2 emergency data; level |
 * | 6 | 2 | zero |
 * | 8 | 8 | key id, a hint: it counts within the caller's tenant only |
 * | 16 | 6 + 6 | issued at, not after (ms) |
 * | 28 | 4 | zero |
 * | 32 | 16 | salt |
 * | 48 | 32 | key commitment |
 * | 80 | 12 | nonce |
 * | 92 | n | ciphertext |
 * | 92 + n | 16 | tag |
 *
 * What is zero has been left for a schema version and a generation: those of an entry stand, authenticated as well, in the
 * header around it.
 */
export const AT = {
  magic: 0,
  format: 2,
  suite: 3,
  flags: 4,
  level: 5,
  schema: 6,
  keyId: 8,
  issuedAt: 16,
  notAfter: 22,
  generation: 28,
  salt: 32,
  commitment: 48,
  nonce: 80,
  ciphertext: 92,
} as const;

export const MAGIC = 0x5043;
export const FORMAT = 1;
/** AES-256-GCM under a key of its own for each message, with a commitment, both from one HMAC-SHA-512. */
export const SUITE = 1;
export const FLAG = { padded: 0x02, emergency: 0x04 } as const;
export const LEVEL_BYTE: Readonly<Record<ComplianceLevel, number>> = {
  standard: 1,
  sensitive: 2,
  restricted: 3,
};

export const KEY_ID_BYTES = 8;
export const TIME_BYTES = 6;
export const SALT_BYTES = 16;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
/** The part of the header that is authenticated as it stands; the nonce behind it is so by being used. */
export const HEADER_BYTES = AT.nonce;
/** What sealing adds to a payload that is not padded. */
export const OVERHEAD_BYTES = AT.ciphertext + TAG_BYTES;
/** Longest payload, padding included. */
export const MAX_PLAIN_BYTES = 64 * 1024 * 1024;

/** Whether a payload says that it was sealed with the key of that name. By hand: a view and a comparison take five times as long. */
export function isOfKey(sealed: Uint8Array, keyId: Uint8Array): boolean {
  for (let i = 0; i < KEY_ID_BYTES; i++) if (sealed[AT.keyId + i] !== keyId[i]) return false;
  return true;
}
