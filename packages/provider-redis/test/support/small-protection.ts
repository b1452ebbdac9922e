import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

import {
  BaseCacheStrategy,
  isProtected,
  VARIANT_SEPARATOR,
  type CachePlugin,
  type CoverKind,
  type DataProtection,
  type FoundEntry,
  type HashHalves,
  type NameProtection,
  type ReadRequest,
  type ReadResult,
  type ResolvedCacheOptions,
  type SealKey,
  type SealTerms,
  type StrategyEngine,
} from '@vitalcache/core';

const digest = (purpose: string, ...bytes: (string | Uint8Array)[]): Buffer => {
  const hmac = createHmac('sha256', `test secret, ${purpose}`);
  for (const part of bytes) hmac.update(part);
  return hmac.digest();
};

/** | 12 iv | 16 tag | ciphertext | */
function encrypt(key: Buffer, text: Uint8Array, context: Uint8Array): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(context);
  const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

function decrypt(key: Buffer, bytes: Uint8Array, context: Uint8Array): Buffer | null {
  try {
    const open = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
    open.setAuthTag(bytes.subarray(12, 28)).setAAD(context);
    return Buffer.concat([open.update(bytes.subarray(28)), open.final()]);
  } catch {
    return null;
  }
}

const NO_CONTEXT = Buffer.alloc(0);

const names: NameProtection = {
  mark: 'test',
  knows: (mark) => mark === 'test',
  hashOf: (kind: CoverKind, text: string): HashHalves => {
    const bytes = digest('hash', `${kind}:`, text);
    return { low: bytes.readUInt32BE(0), high: bytes.readUInt32BE(4) };
  },
  hashesOf: (kind, text) => [names.hashOf(kind, text)],
  nameOf: (key) => {
    const slot = digest('slot', key.split(VARIANT_SEPARATOR)[0] as string).toString('base64url');
    return { slot, rest: digest('rest', key).toString('base64url') };
  },
  veil: (text) => encrypt(digest('veil'), Buffer.from(text), NO_CONTEXT).toString('base64url'),
  unveil: (veiled) =>
    decrypt(digest('veil'), Buffer.from(veiled, 'base64url'), NO_CONTEXT)?.toString() ?? null,
  sign: (bytes) => digest('sign', bytes).subarray(0, 16),
  isSigned: (bytes, signature) => timingSafeEqual(names.sign(bytes), signature),
};

function keyFor(terms: SealTerms): SealKey {
  const key = digest('seal', JSON.stringify(terms));
  return {
    seal: (payload, context) => encrypt(key, payload, context),
    open: (sealed, context) => decrypt(key, sealed, context),
  };
}

/** Everything under one secret, for one tenant. */
const protection: DataProtection = {
  names,
  seal: {
    sealingKey: keyFor,
    openingKey: keyFor,
    ownMs: () => 60_000,
    onRefused: () => undefined,
  },
  open: () => Promise.resolve(),
  close: () => Promise.resolve(),
  admit: (key, { template, complianceLevel, emergencyData, subject }: ResolvedCacheOptions) => ({
    key: `${key}${VARIANT_SEPARATOR}tenant`,
    tags: subject?.patientId === undefined ? [] : [`patient:${subject.patientId}`],
    terms: {
      tenant: 'tenant',
      scope: '',
      level: complianceLevel,
      template,
      subject: null,
      isEmergency: emergencyData,
    },
  }),
};

class ProtectedDataStrategy extends BaseCacheStrategy {
  readonly name = 'protected';
  readonly precedence = 200;
  readonly isPlainOnFresh = true;

  when(options: ResolvedCacheOptions): boolean {
    return isProtected(options);
  }

  protected serve<T>(
    found: FoundEntry,
    _request: ReadRequest<T>,
    engine: StrategyEngine,
  ): ReadResult<T> | null {
    const { isSoftened, expiresAt } = found.entry;
    return isSoftened || expiresAt <= engine.now() ? null : engine.answer<T>(found, 'hit');
  }
}

/** The least that protects data, for tests of what a server gets to see. */
export const smallProtection: CachePlugin = {
  name: 'small-protection',
  protection,
  strategies: [new ProtectedDataStrategy()],
};
