import { createHash, createPublicKey, sign, type KeyObject } from 'node:crypto';

/** Signs checkpoints and digests. Its key is best kept where the application can use it and not read it. */
export interface IAuditSigner {
  /** Of the public key, as {@link auditKeyId} gives it. */
  readonly keyId: string;
  /** Resolves with an Ed25519 signature over the UTF-8 of `text`, base64url. */
  sign(text: string): string | Promise<string>;
}

/** 16 hex digits that name a public key: the beginning of the SHA-256 of its DER form. */
export function auditKeyId(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex').slice(0, 16);
}

/** Signs with a key that this process holds. */
export class LocalAuditSigner implements IAuditSigner {
  readonly keyId: string;
  readonly #key: KeyObject;

  /** @param key an Ed25519 private key, as {@link readSigningKey} gives it */
  constructor(key: KeyObject) {
    this.#key = key;
    this.keyId = auditKeyId(createPublicKey(key));
  }

  sign(text: string): string {
    return sign(null, Buffer.from(text), this.#key).toString('base64url');
  }
}
