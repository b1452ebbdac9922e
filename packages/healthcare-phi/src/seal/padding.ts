import type { ComplianceLevel } from '@vitalcache/core';

/** Shortest padded text: what is shorter tells nothing by its length. */
const MIN_BYTES = 256;
const LENGTH_BYTES = 4;

/** Whether payloads of a level are brought to one of few lengths, so that their own says little about what they hold. */
export function isPadded(level: ComplianceLevel): boolean {
  return level !== 'standard';
}

/** Length, payload, zeros up to {@link paddedLength}. */
export function pad(payload: Uint8Array): Buffer {
  const padded = Buffer.alloc(paddedLength(LENGTH_BYTES + payload.length));
  padded.writeUInt32BE(payload.length, 0);
  padded.set(payload, LENGTH_BYTES);
  return padded;
}

/** `null`: it was not made by {@link pad}. */
export function unpad(padded: Buffer): Buffer | null {
  if (padded.length < LENGTH_BYTES) return null;
  const end = LENGTH_BYTES + padded.readUInt32BE(0);
  return end <= padded.length ? padded.subarray(LENGTH_BYTES, end) : null;
}

/**
 * Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019): at most 12 %
 * more, and only about log log of the length can be learnt from it.
 */
export function paddedLength(length: number): number {
  if (length <= MIN_BYTES) return MIN_BYTES;
  const exponent = Math.floor(Math.log2(length));
  const lowBits = exponent - (Math.floor(Math.log2(exponent)) + 1);
  const step = 2 ** lowBits;
  return Math.ceil(length / step) * step;
}
