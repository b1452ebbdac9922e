import { createCipheriv, createHmac, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ComplianceLevel } from '@vitalcache/core';

import { openEnvelope, sealEnvelope, type EnvelopeTerms } from '../src/seal/envelope.js';
import { lengthPrefixed } from '../src/seal/length-prefixed.js';

interface Vector {
  readonly name: string;
  readonly dataKey: string;
  readonly keyId: string;
  readonly level: ComplianceLevel;
  readonly isEmergency: boolean;
  readonly capMs: number;
  readonly tenant: string;
  readonly scope: string;
  readonly template: string;
  readonly context: string;
  readonly issuedAt: number;
  readonly notAfter: number;
  readonly salt: string;
  readonly nonce: string;
  readonly payload: string;
  readonly messageKey: string;
  readonly commitment: string;
  readonly sealed: string;
}
type Refused = Partial<Vector> & {
  readonly of: string;
  readonly why: string;
  readonly nowMs?: number;
};

const { vectors, refused } = JSON.parse(
  readFileSync(join(__dirname, 'vectors/sealed-payload.json'), 'utf8'),
) as { vectors: readonly Vector[]; refused: readonly Refused[] };
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

function termsOf(vector: Vector): EnvelopeTerms {
  const { dataKey, keyId, level, isEmergency, capMs, tenant, scope, template } = vector;
  const key = createSecretKey(hex(dataKey));
  const binding = lengthPrefixed(tenant, scope, template);
  return { key, keyId: hex(keyId), level, isEmergency, capMs, binding };
}

/** The format once more, from its description alone: nothing of what seals is used. */
function byTheBook(vector: Vector): { messageKey: Buffer; commitment: Buffer; sealed: Buffer } {
  const number = (value: number, bytes: number): Buffer => {
    const all = Buffer.alloc(8);
    all.writeBigUInt64BE(BigInt(value));
    return all.subarray(8 - bytes);
  };
  const prefixed = (text: string | Buffer): Buffer => {
    const bytes = Buffer.from(text as string);
    return Buffer.concat([number(bytes.length, 4), bytes]);
  };
  const payload = hex(vector.payload);
  const isPadded = vector.level !== 'standard';
  let plain = payload;
  if (isPadded) {
    plain = Buffer.concat([number(payload.length, 4), payload]);
    let length = Math.max(256, plain.length);
    if (length > 256) {
      const bits = length.toString(2).length - 1;
      const keptBits = bits.toString(2).length;
      const mask = 2 ** (bits - keptBits) - 1;
      while ((length & mask) !== 0) length++;
    }
    plain = Buffer.concat([plain, Buffer.alloc(length - plain.length)]);
  }
  const both = createHmac('sha512', hex(vector.dataKey))
    .update(number(1, 4))
    .update('phi-cache/v1/msg')
    .update(Buffer.of(0, 1))
    .update(hex(vector.salt))
    .update(number(512, 4))
    .digest();
  const [messageKey, commitment] = [both.subarray(0, 32), both.subarray(32)];
  const header = Buffer.concat([
    Buffer.from('PC'),
    Buffer.of(1, 1, (isPadded ? 2 : 0) + (vector.isEmergency ? 4 : 0)),
    Buffer.of({ standard: 1, sensitive: 2, restricted: 3 }[vector.level]),
    number(0, 2),
    hex(vector.keyId),
    number(vector.issuedAt, 6),
    number(vector.notAfter, 6),
    number(0, 4),
    hex(vector.salt),
    commitment,
  ]);
  const cipher = createCipheriv('aes-256-gcm', messageKey, hex(vector.nonce));
  cipher.setAAD(
    Buffer.concat([
      header,
      prefixed(hex(vector.context)),
      prefixed(vector.tenant),
      prefixed(vector.scope),
      prefixed(vector.template),
    ]),
  );
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  const sealed = Buffer.concat([header, hex(vector.nonce), text, cipher.getAuthTag()]);
  return { messageKey, commitment, sealed };
}

describe('vectors/sealed-payload.json', () => {
  it.each(vectors)('$name: its bytes follow from the description', (vector) => {
    const { messageKey, commitment, sealed } = byTheBook(vector);
    expect(messageKey.toString('hex')).toBe(vector.messageKey);
    expect(commitment.toString('hex')).toBe(vector.commitment);
    expect(sealed.toString('hex')).toBe(vector.sealed);
  });

  it.each(vectors)('$name: is what is sealed', (vector) => {
    const random = Buffer.concat([hex(vector.salt), hex(vector.nonce)]);
    const sealed = sealEnvelope(
      hex(vector.payload),
      hex(vector.context),
      vector,
      termsOf(vector),
      (bytes) => random.copy(bytes),
    );
    expect(sealed.toString('hex')).toBe(vector.sealed);
  });

  it.each(vectors)('$name: is opened, to the last millisecond', (vector) => {
    const open = (nowMs: number): string | undefined =>
      openEnvelope(hex(vector.sealed), hex(vector.context), nowMs, termsOf(vector))?.toString(
        'hex',
      );
    expect(open(vector.issuedAt)).toBe(vector.payload);
    expect(open(vector.issuedAt - 5_000)).toBe(vector.payload);
    expect(open(vector.notAfter + 4_999)).toBe(vector.payload);
    expect(open(vector.notAfter + 5_000)).toBeUndefined();
  });

  it.each(refused)('refuses: $why', ({ of, nowMs, ...change }) => {
    const vector = vectors.find(({ name }) => name === of) as Vector;
    const altered = { ...vector, ...change };
    const opened = openEnvelope(
      hex(altered.sealed),
      hex(altered.context),
      nowMs ?? vector.issuedAt,
      termsOf(altered),
    );
    expect(opened).toBeNull();
  });
});
