import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

import { lengthPrefixed } from '../seal/length-prefixed.js';

/** What a key derived from another one is for; each purpose has a key of its own. */
export type KeyLabel =
  | 'kek/wrap'
  | 'kek/tek'
  | 'kek/mark'
  | 'tek/dek'
  | 'tek/wrap'
  | 'index/hash'
  | 'index/name'
  | 'index/pseudonym'
  | 'index/veil'
  | 'index/sign'
  | 'index/mark';

/** 32 bytes by HKDF-SHA-256 (RFC 5869) without salt; label and parts are each led by their length. */
export function deriveKey(
  from: KeyObject,
  label: KeyLabel,
  ...parts: readonly (string | Uint8Array)[]
): KeyObject {
  const bytes = new Uint8Array(
    hkdfSync('sha256', from, '', lengthPrefixed(`vitalcache/1/${label}`, ...parts), 32),
  );
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}
