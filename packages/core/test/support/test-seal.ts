import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

import type { PayloadSeal, SealKey, SealTerms } from '../../src/protection/payload-seal.js';

/** Seals with a key for each tenant and subject; every part of it can be late, gone or out of reach. */
export class TestSeal implements PayloadSeal {
  /** Set to make keys come later. */
  gate: Promise<unknown> | null = null;
  /** Set to make keys fail to come. */
  failure: Error | null = null;
  /** Whose keys are gone. */
  readonly lost = new Set<string | null>();
  /** What was refused. */
  readonly refused: SealTerms[] = [];
  /** How often a key was asked for. */
  readonly asked = { sealing: 0, opening: 0 };
  ownForMs = 60_000;

  sealingKey(terms: SealTerms): SealKey | Promise<SealKey> {
    this.asked.sealing++;
    if (this.failure) throw this.failure;
    return this.#late(new TestKey(terms));
  }

  openingKey(terms: SealTerms): SealKey | null | Promise<SealKey | null> {
    this.asked.opening++;
    if (this.failure) throw this.failure;
    return this.#late(this.lost.has(terms.subject) ? null : new TestKey(terms));
  }

  ownMs(terms: SealTerms): number {
    return terms.level === 'restricted' ? 0 : this.ownForMs;
  }

  onRefused(terms: SealTerms): void {
    this.refused.push(terms);
  }

  #late<T>(key: T): T | Promise<T> {
    return this.gate ? this.gate.then(() => key) : key;
  }
}

class TestKey implements SealKey {
  readonly #key: Buffer;
  readonly #terms: Buffer;

  constructor(terms: SealTerms) {
    const { tenant, subject } = terms;
    this.#key = createHmac('sha256', 'master')
      .update(JSON.stringify([tenant, subject]))
      .digest();
    this.#terms = Buffer.from(JSON.stringify(terms));
  }

  /** | 12 iv | 16 tag | 8 not after | ciphertext | */
  seal(payload: Uint8Array, context: Uint8Array, notAfter: number): Buffer {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
    const end = Buffer.alloc(8);
    end.writeDoubleBE(notAfter);
    cipher.setAAD(Buffer.concat([context, this.#terms, end]));
    const text = Buffer.concat([cipher.update(payload), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), end, text]);
  }

  open(sealed: Uint8Array, context: Uint8Array, nowMs: number): Buffer | null {
    const bytes = Buffer.from(sealed);
    try {
      const open = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, 12), {
        authTagLength: 16,
      });
      open.setAuthTag(bytes.subarray(12, 28));
      open.setAAD(Buffer.concat([context, this.#terms, bytes.subarray(28, 36)]));
      const payload = Buffer.concat([open.update(bytes.subarray(36)), open.final()]);
      return bytes.readDoubleBE(28) > nowMs ? payload : null;
    } catch {
      return null;
    }
  }
}
