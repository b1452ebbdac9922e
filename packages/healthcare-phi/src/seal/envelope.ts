import {
  createCipheriv,
  createDecipheriv,
  randomFillSync,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';

import type { ComplianceLevel } from '@vitalcache/core';

import {
  AT,
  FLAG,
  FORMAT,
  HEADER_BYTES,
  isOfKey,
  LEVEL_BYTE,
  MAGIC,
  MAX_PLAIN_BYTES,
  NONCE_BYTES,
  OVERHEAD_BYTES,
  SALT_BYTES,
  SUITE,
  TAG_BYTES,
  TIME_BYTES,
} from './envelope-layout.js';
import { messageKey } from './message-key.js';
import { isPadded, pad, unpad } from './padding.js';
import { SKEW_MS } from './seal-caps.js';

const CIPHER = 'aes-256-gcm';
// Without it a tag that was cut to 4 bytes is accepted.
const OPTIONS = { authTagLength: TAG_BYTES } as const;

/** What a payload is sealed with and bound to. */
export interface EnvelopeTerms {
  readonly key: KeyObject;
  /** 8 bytes. */
  readonly keyId: Uint8Array;
  readonly level: ComplianceLevel;
  readonly isEmergency: boolean;
  /** From sealing to `notAfter` at most. */
  readonly capMs: number;
  /** Tenant, scope and template, each led by its length. */
  readonly binding: Uint8Array;
}

export interface EnvelopeTimes {
  readonly issuedAt: number;
  readonly notAfter: number;
}

/** Fills bytes with what nobody can guess; another one only for test vectors. */
export type FillRandom = (bytes: Buffer) => unknown;

/** Times as `notAfter - issuedAt <= capMs`; that is the caller's to see to. */
export function sealEnvelope(
  payload: Uint8Array,
  context: Uint8Array,
  { issuedAt, notAfter }: EnvelopeTimes,
  terms: EnvelopeTerms,
  fill: FillRandom = randomFillSync,
): Buffer {
  const plain = isPadded(terms.level) ? pad(payload) : payload;
  const sealed = Buffer.allocUnsafe(OVERHEAD_BYTES + plain.length);
  const random = Buffer.allocUnsafe(SALT_BYTES + NONCE_BYTES);
  fill(random);
  sealed.writeUInt16BE(MAGIC, AT.magic);
  sealed[AT.format] = FORMAT;
  sealed[AT.suite] = SUITE;
  sealed[AT.flags] = flagsOf(terms);
  sealed[AT.level] = LEVEL_BYTE[terms.level];
  sealed.writeUInt16BE(0, AT.schema);
  sealed.set(terms.keyId, AT.keyId);
  sealed.writeUIntBE(issuedAt, AT.issuedAt, TIME_BYTES);
  sealed.writeUIntBE(notAfter, AT.notAfter, TIME_BYTES);
  sealed.writeUInt32BE(0, AT.generation);
  random.copy(sealed, AT.salt, 0, SALT_BYTES);
  random.copy(sealed, AT.nonce, SALT_BYTES);
  const { key, commitment } = messageKey(terms.key, sealed);
  sealed.set(commitment, AT.commitment);
  const cipher = createCipheriv(CIPHER, key, sealed.subarray(AT.nonce, AT.ciphertext), OPTIONS);
  key.fill(0);
  cipher.setAAD(associated(sealed, context, terms.binding));
  sealed.set(cipher.update(plain), AT.ciphertext);
  cipher.final();
  sealed.set(cipher.getAuthTag(), AT.ciphertext + plain.length);
  return sealed;
}

/** `null`: not sealed so, not for these terms, not in this context, or too old. Nothing of it is given out then. */
export function openEnvelope(
  sealed: Uint8Array,
  context: Uint8Array,
  nowMs: number,
  terms: EnvelopeTerms,
): Buffer | null {
  const bytes = asBuffer(sealed);
  if (!isWellFormed(bytes, terms) || !isTimely(bytes, nowMs, terms.capMs)) return null;
  const { key, commitment } = messageKey(terms.key, bytes);
  try {
    if (!timingSafeEqual(commitment, bytes.subarray(AT.commitment, AT.nonce))) return null;
    const plain = decrypted(bytes, key, associated(bytes, context, terms.binding));
    return plain && isPadded(terms.level) ? unpad(plain) : plain;
  } finally {
    key.fill(0);
  }
}

function flagsOf({ level, isEmergency }: EnvelopeTerms): number {
  return (isPadded(level) ? FLAG.padded : 0) | (isEmergency ? FLAG.emergency : 0);
}

/** Each byte that has one right value only, before anything is reckoned. */
function isWellFormed(bytes: Buffer, terms: EnvelopeTerms): boolean {
  return (
    bytes.length >= OVERHEAD_BYTES &&
    bytes.length <= OVERHEAD_BYTES + MAX_PLAIN_BYTES &&
    bytes.readUInt16BE(AT.magic) === MAGIC &&
    bytes[AT.format] === FORMAT &&
    bytes[AT.suite] === SUITE &&
    bytes[AT.flags] === flagsOf(terms) &&
    bytes[AT.level] === LEVEL_BYTE[terms.level] &&
    bytes.readUInt16BE(AT.schema) === 0 &&
    bytes.readUInt32BE(AT.generation) === 0 &&
    isOfKey(bytes, terms.keyId)
  );
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function isTimely(bytes: Buffer, nowMs: number, capMs: number): boolean {
  const issuedAt = bytes.readUIntBE(AT.issuedAt, TIME_BYTES);
  const notAfter = bytes.readUIntBE(AT.notAfter, TIME_BYTES);
  return (
    nowMs < notAfter + SKEW_MS &&
    issuedAt <= nowMs + SKEW_MS &&
    notAfter >= issuedAt &&
    notAfter - issuedAt <= capMs
  );
}

/** The header but for its nonce, the context led by its length, and the binding. */
function associated(bytes: Buffer, context: Uint8Array, binding: Uint8Array): Buffer {
  const all = Buffer.allocUnsafe(HEADER_BYTES + 4 + context.length + binding.length);
  bytes.copy(all, 0, 0, HEADER_BYTES);
  all.writeUInt32BE(context.length, HEADER_BYTES);
  all.set(context, HEADER_BYTES + 4);
  all.set(binding, HEADER_BYTES + 4 + context.length);
  return all;
}

function decrypted(bytes: Buffer, key: Buffer, aad: Buffer): Buffer | null {
  const nonce = bytes.subarray(AT.nonce, AT.ciphertext);
  const tagAt = bytes.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, nonce, OPTIONS);
  decipher.setAAD(aad);
  decipher.setAuthTag(bytes.subarray(tagAt));
  const plain = decipher.update(bytes.subarray(AT.ciphertext, tagAt));
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return null;
  }
}
