import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

import type {
  HashHalves,
  NameProtection,
  StoreName,
} from '../../src/protection/name-protection.js';
import { baseKeyOf, type CoverKind } from '../../src/validity/cover-hash.js';

/** Names by secrets: the first for entries, all for invalidations. */
export class TestNames implements NameProtection {
  /** Everything that was to be named, in clear. */
  readonly named: string[] = [];

  /** @param secrets each its own mark */
  constructor(private readonly secrets: readonly [string, ...string[]]) {}

  get mark(): string {
    return `hmac.${this.secrets[0]}`;
  }

  knows(mark: string): boolean {
    return this.secrets.some((secret) => mark === `hmac.${secret}`);
  }

  hashOf(kind: CoverKind, text: string): HashHalves {
    return this.#hash(this.secrets[0], kind, text);
  }

  hashesOf(kind: CoverKind, text: string): readonly HashHalves[] {
    return this.secrets.map((secret) => this.#hash(secret, kind, text));
  }

  nameOf(key: string): StoreName {
    this.named.push(key);
    const base = baseKeyOf(key);
    return { slot: this.#word('slot', base), rest: key === base ? '' : this.#word('rest', key) };
  }

  veil(text: string): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key(this.secrets[0], 'veil'), iv);
    const veiled = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), veiled]).toString('base64url');
  }

  unveil(veiled: string): string | null {
    const bytes = Buffer.from(veiled, 'base64url');
    for (const secret of this.secrets) {
      try {
        const key = this.#key(secret, 'veil');
        const open = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), {
          authTagLength: 16,
        });
        open.setAuthTag(bytes.subarray(12, 28));
        return Buffer.concat([open.update(bytes.subarray(28)), open.final()]).toString('utf8');
      } catch {
        continue; // of another secret, or of nobody
      }
    }
    return null;
  }

  sign(bytes: Uint8Array): Uint8Array {
    return this.#signature(this.secrets[0], bytes);
  }

  isSigned(bytes: Uint8Array, signature: Uint8Array): boolean {
    return this.secrets.some((secret) =>
      timingSafeEqual(this.#signature(secret, bytes), signature),
    );
  }

  #hash(secret: string, kind: CoverKind, text: string): HashHalves {
    this.named.push(text);
    const bytes = createHmac('sha256', secret).update(`${kind}\0${text}`).digest();
    return { low: bytes.readUInt32BE(0), high: bytes.readUInt32BE(4) };
  }

  #signature(secret: string, bytes: Uint8Array): Buffer {
    return createHmac('sha256', this.#key(secret, 'sign')).update(bytes).digest().subarray(0, 16);
  }

  #word(purpose: string, text: string): string {
    const bytes = createHmac('sha256', this.#key(this.secrets[0], purpose)).update(text).digest();
    return bytes.subarray(0, 16).toString('base64url');
  }

  #key(secret: string, purpose: string): Buffer {
    return createHmac('sha256', secret).update(purpose).digest();
  }
}
