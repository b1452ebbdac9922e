import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OPTIONS = { authTagLength: TAG_BYTES } as const;

/** Nonce, ciphertext and tag of AES-256-GCM. Few enough messages under one key for nonces by chance. */
export function wrapKey(raw: Uint8Array, wrapping: KeyObject, context: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, wrapping, nonce, OPTIONS);
  cipher.setAAD(context);
  const wrapped = [nonce, cipher.update(raw), cipher.final()];
  return Buffer.concat([...wrapped, cipher.getAuthTag()]);
}

/** `null`: not wrapped by this key, in this context. */
export function unwrapKey(
  wrapped: Uint8Array,
  wrapping: KeyObject,
  context: Uint8Array,
): Buffer | null {
  if (wrapped.length < NONCE_BYTES + TAG_BYTES) return null;
  const tagAt = wrapped.length - TAG_BYTES;
  const nonce = wrapped.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, wrapping, nonce, OPTIONS);
  decipher.setAAD(context);
  decipher.setAuthTag(wrapped.subarray(tagAt));
  try {
    return Buffer.concat([decipher.update(wrapped.subarray(NONCE_BYTES, tagAt)), decipher.final()]);
  } catch {
    return null;
  }
}
