import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';

import type { CoverKind, HashHalves } from '@vitalcache/core';

import { deriveKey } from '../keys/derive-key.js';
import { unwrapKey, wrapKey } from '../keys/wrap-key.js';
import { lengthPrefixed } from '../seal/length-prefixed.js';

const NAME_BYTES = 16;
const SIGN_BYTES = 16;
const MARK_BYTES = 9;
const NO_CONTEXT = Buffer.alloc(0);

/** What one index key makes, each purpose with a key of its own derived from it. */
export class IndexSecret {
  /** Tells this key from others, and tells nothing else about it. */
  readonly mark: string;
  readonly #hash: KeyObject;
  readonly #name: KeyObject;
  readonly #pseudonym: KeyObject;
  readonly #veil: KeyObject;
  readonly #sign: KeyObject;

  constructor(key: KeyObject) {
    this.mark = deriveKey(key, 'index/mark').export().toString('base64url', 0, MARK_BYTES);
    this.#hash = deriveKey(key, 'index/hash');
    this.#name = deriveKey(key, 'index/name');
    this.#pseudonym = deriveKey(key, 'index/pseudonym');
    this.#veil = deriveKey(key, 'index/veil');
    this.#sign = deriveKey(key, 'index/sign');
  }

  hashOf(kind: CoverKind, text: string): HashHalves {
    const digest = mac(this.#hash, lengthPrefixed(kind, text));
    return { low: digest.readUInt32BE(4), high: digest.readUInt32BE(0) };
  }

  /** 22 characters of base64url. */
  nameOf(kind: 'slot' | 'key', text: string): string {
    return short(mac(this.#name, lengthPrefixed(kind, text)));
  }

  pseudonym(kind: string, tenant: string, value: string): string {
    return short(mac(this.#pseudonym, lengthPrefixed(kind, tenant, value)));
  }

  veil(text: string): string {
    return wrapKey(Buffer.from(text), this.#veil, NO_CONTEXT).toString('base64url');
  }

  unveil(veiled: string): string | null {
    const text = unwrapKey(Buffer.from(veiled, 'base64url'), this.#veil, NO_CONTEXT);
    return text && text.toString();
  }

  sign(bytes: Uint8Array): Buffer {
    return mac(this.#sign, bytes).subarray(0, SIGN_BYTES);
  }

  isSigned(bytes: Uint8Array, signature: Uint8Array): boolean {
    return signature.length === SIGN_BYTES && timingSafeEqual(this.sign(bytes), signature);
  }
}

function mac(key: KeyObject, bytes: Uint8Array): Buffer {
  return createHmac('sha256', key).update(bytes).digest();
}

function short(digest: Buffer): string {
  return digest.toString('base64url', 0, NAME_BYTES);
}
