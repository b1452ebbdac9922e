import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';

import fc from 'fast-check';

import { openEnvelope, sealEnvelope, type EnvelopeTerms } from './envelope.js';
import { AT, LEVEL_BYTE, OVERHEAD_BYTES } from './envelope-layout.js';
import { lengthPrefixed } from './length-prefixed.js';
import { messageKey } from './message-key.js';
import { pad } from './padding.js';

const NOW = Date.UTC(2026, 0, 1);
const TIMES = { issuedAt: NOW, notAfter: NOW + 60_000 };
const CONTEXT = Buffer.from('header and name of an entry');
const PAYLOAD = Buffer.from('{"diagnosis":"TEST"}');
const KEY = createSecretKey(randomBytes(32));

function terms(change: Partial<EnvelopeTerms> = {}): EnvelopeTerms {
  return {
    key: KEY,
    keyId: Buffer.from('0011223344556677', 'hex'),
    level: 'standard',
    isEmergency: false,
    capMs: 60_000,
    binding: lengthPrefixed('tenant', 'scope', 'template'),
    ...change,
  };
}
const sealed = (of = terms(), payload: Uint8Array = PAYLOAD): Buffer =>
  sealEnvelope(payload, CONTEXT, TIMES, of);
const open = (bytes: Uint8Array, of = terms(), context = CONTEXT, now = NOW): Buffer | null =>
  openEnvelope(bytes, context, now, of);
const LEVELS = Object.keys(LEVEL_BYTE) as (keyof typeof LEVEL_BYTE)[];

describe('openEnvelope', () => {
  it.each(LEVELS)('opens any payload that was sealed, of %s data', (level) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), fc.boolean(), (payload, isEmergency) => {
        const of = terms({ level, isEmergency });
        expect(open(sealed(of, payload), of)).toEqual(Buffer.from(payload));
      }),
    );
  });

  it.each(LEVELS)('refuses every single bit flipped, of %s data', (level) => {
    const of = terms({ level });
    const bytes = sealed(of);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(open(flipped, of)).toBeNull();
    }
  });

  it('refuses every truncation, at either end', () => {
    const bytes = sealed();
    for (let length = 0; length < bytes.length; length++) {
      expect(open(bytes.subarray(0, length))).toBeNull();
      expect(open(bytes.subarray(bytes.length - length))).toBeNull();
    }
  });

  it.each([15, 12, 8, 4])('refuses a tag cut to %i bytes, which bare AES-GCM takes', (length) => {
    const key = randomBytes(32);
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    const text = cipher.update(PAYLOAD);
    cipher.final();
    const decipher = createDecipheriv('aes-256-gcm', key, nonce);
    decipher.setAuthTag(cipher.getAuthTag().subarray(0, length));
    decipher.update(text);
    expect(() => decipher.final()).not.toThrow();

    const bytes = sealed();
    expect(open(bytes.subarray(0, bytes.length - 16 + length))).toBeNull();
  });

  it('refuses a tag cut short also where the length of the ciphertext would allow for it', () => {
    const bytes = sealed();
    const salted = messageKey(KEY, bytes);
    const aad = Buffer.concat([
      bytes.subarray(0, AT.nonce),
      lengthPrefixed(CONTEXT),
      terms().binding,
    ]);
    const cipher = createCipheriv(
      'aes-256-gcm',
      salted.key,
      bytes.subarray(AT.nonce, AT.ciphertext),
    );
    cipher.setAAD(aad);
    const short = Buffer.concat([cipher.update(PAYLOAD), cipher.final()]);
    const tag = cipher.getAuthTag();
    for (const length of [4, 8, 12, 15]) {
      const cut = Buffer.concat([bytes.subarray(0, AT.ciphertext), short, tag.subarray(0, length)]);
      expect(open(cut)).toBeNull();
    }
    const whole = Buffer.concat([bytes.subarray(0, AT.ciphertext), short, tag]);
    expect(open(whole)).toEqual(PAYLOAD);
  });

  it('never opens anything for other terms, nor in another context', () => {
    const text = fc.string({ maxLength: 6 });
    const change = fc.record({
      level: fc.constantFrom(...LEVELS),
      isEmergency: fc.boolean(),
      tenant: text,
      scope: text,
      template: text,
      context: text,
      keyIndex: fc.nat(1),
    });
    const keys = [KEY, createSecretKey(randomBytes(32))];
    const termsOf = ({ tenant, scope, template, keyIndex, ...rest }: Case): EnvelopeTerms =>
      terms({
        ...rest,
        binding: lengthPrefixed(tenant, scope, template),
        key: keys[keyIndex] as never,
      });
    type Case = typeof change extends fc.Arbitrary<infer T> ? T : never;
    fc.assert(
      fc.property(change, change, (one, other) => {
        const bytes = sealEnvelope(PAYLOAD, Buffer.from(one.context), TIMES, termsOf(one));
        const opened = openEnvelope(bytes, Buffer.from(other.context), NOW, termsOf(other));
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(opened).toEqual(isSame ? PAYLOAD : null);
      }),
      { numRuns: 1_000 },
    );
  });

  it('refuses what was sealed for another level, with all the rest the same', () => {
    for (const one of LEVELS) {
      for (const other of LEVELS) {
        const opened = open(sealed(terms({ level: one })), terms({ level: other }));
        expect(opened).toEqual(one === other ? PAYLOAD : null);
      }
    }
  });

  it('refuses a byte that moved across the border of two fields', () => {
    const of = (...parts: string[]): EnvelopeTerms => terms({ binding: lengthPrefixed(...parts) });
    expect(open(sealed(of('ab', 'c', 'd')), of('a', 'bc', 'd'))).toBeNull();
    expect(open(sealed(of('ab', 'c', 'd')), of('ab', 'cd', ''))).toBeNull();
    const shifted = openEnvelope(
      sealEnvelope(PAYLOAD, Buffer.from('xy'), TIMES, of('a', 'b', 'c')),
      Buffer.from('x'),
      NOW,
      of('ya', 'b', 'c'),
    );
    expect(shifted).toBeNull();
  });

  it('never takes a random text for a sealed one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 400 }), (bytes) => {
        expect(open(bytes)).toBeNull();
      }),
    );
  });

  it.each([
    ['expired beyond the skew', 65_000, null],
    ['expired within the skew', 64_999, PAYLOAD],
    ['issued ahead of this clock, within the skew', -5_000, PAYLOAD],
    ['issued further ahead', -5_001, null],
  ])('judges time by what is authenticated: %s', (_, afterMs, expected) => {
    expect(open(sealed(), terms(), CONTEXT, NOW + afterMs)).toEqual(expected);
  });

  it('refuses what was sealed for longer than the level allows', () => {
    expect(open(sealed(), terms({ capMs: 59_999 }))).toBeNull();
  });

  it('compares the commitment before it decrypts: a key that would decrypt is not enough', () => {
    const bytes = sealed();
    bytes[AT.commitment] = (bytes[AT.commitment] as number) ^ 1;
    // Right in all the rest: sealed anew under the commitment that is wrong.
    const { key } = messageKey(KEY, bytes);
    const cipher = createCipheriv('aes-256-gcm', key, bytes.subarray(AT.nonce, AT.ciphertext));
    cipher.setAAD(
      Buffer.concat([bytes.subarray(0, AT.nonce), lengthPrefixed(CONTEXT), terms().binding]),
    );
    bytes.set(cipher.update(PAYLOAD), AT.ciphertext);
    cipher.final();
    bytes.set(cipher.getAuthTag(), AT.ciphertext + PAYLOAD.length);
    expect(open(bytes)).toBeNull();
  });

  it('refuses padding that claims more than there is', () => {
    const of = terms({ level: 'sensitive' });
    const plain = pad(PAYLOAD);
    plain.writeUInt32BE(plain.length, 0);
    const bytes = sealed(of);
    const { key } = messageKey(KEY, bytes);
    const cipher = createCipheriv('aes-256-gcm', key, bytes.subarray(AT.nonce, AT.ciphertext));
    cipher.setAAD(
      Buffer.concat([bytes.subarray(0, AT.nonce), lengthPrefixed(CONTEXT), of.binding]),
    );
    bytes.set(cipher.update(plain), AT.ciphertext);
    cipher.final();
    bytes.set(cipher.getAuthTag(), AT.ciphertext + plain.length);
    expect(open(bytes, of)).toBeNull();
  });
});

describe('sealEnvelope', () => {
  it('adds 108 bytes to standard data', () => {
    expect(OVERHEAD_BYTES).toBe(108);
    expect(sealed()).toHaveLength(PAYLOAD.length + 108);
  });

  it('takes a new salt and a new nonce each time', () => {
    const parts = Array.from({ length: 500 }, () => sealed());
    expect(new Set(parts.map((bytes) => bytes.toString('hex', AT.salt, AT.commitment))).size).toBe(
      500,
    );
    expect(new Set(parts.map((bytes) => bytes.toString('hex', AT.nonce, AT.ciphertext))).size).toBe(
      500,
    );
  });

  it('holds nothing of the payload', () => {
    expect(sealed(terms(), Buffer.from('x'.repeat(500))).includes('xxxx')).toBe(false);
  });
});
