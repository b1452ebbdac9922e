import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';

import { CacheError } from '@vitalcache/core';

import { auditKeyId } from './audit.signer.js';

/** A key as PEM text, as a JSON Web Key, as Node's own object, or in a file that holds PEM or JSON. */
export type AuditKeyInput =
  string | Readonly<Record<string, unknown>> | KeyObject | { readonly file: string };

/** A pair of keys of Ed25519, PEM. */
export interface AuditKeyPair {
  readonly keyId: string;
  /** Signs; for a file of mode 0600 that the process of the application alone can read. */
  readonly privateKey: string;
  /** Verifies; for those who check the log. */
  readonly publicKey: string;
}

/** A new pair of keys for the checkpoints of the audit log. */
export function generateAuditKeys(): AuditKeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    keyId: auditKeyId(publicKey),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** @throws CacheError `CONFIG_INVALID` if it is no Ed25519 private key, or its file can be read by others */
export function readSigningKey(input: AuditKeyInput): KeyObject {
  return read(input, 'signing', (key) => {
    const made = createPrivateKey(key as Parameters<typeof createPrivateKey>[0]);
    if (made.asymmetricKeyType !== 'ed25519') throw new Error('not Ed25519');
    return made;
  });
}

/** @throws CacheError `CONFIG_INVALID` if it is no Ed25519 public key */
export function readPublicKey(input: AuditKeyInput): KeyObject {
  return read(input, 'public', (key) => {
    const made = createPublicKey(key as Parameters<typeof createPublicKey>[0]);
    if (made.asymmetricKeyType !== 'ed25519') throw new Error('not Ed25519');
    return made;
  });
}

function read(
  input: AuditKeyInput,
  what: 'signing' | 'public',
  make: (key: unknown) => KeyObject,
): KeyObject {
  if (isKeyObject(input)) return checked(what, input);
  const content = isFile(input) ? contentOf(input.file, what) : input;
  try {
    return make(typeof content === 'string' ? fromText(content) : { key: content, format: 'jwk' });
  } catch {
    throw invalid(what); // what was wrong with a key in detail could repeat part of it
  }
}

function fromText(text: string): unknown {
  return text.trimStart().startsWith('{')
    ? { key: JSON.parse(text) as object, format: 'jwk' }
    : text;
}

function contentOf(file: string, what: 'signing' | 'public'): string {
  try {
    const { mode } = lstatSync(file);
    if (what === 'signing' && (mode & 0o077) !== 0) throw tooOpen(file);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof CacheError) throw error;
    throw new CacheError(
      'CONFIG_INVALID',
      `The ${what} key of the audit can't be read from ${file}; make a pair with \`vitalcache audit keygen\`.`,
    );
  }
}

function checked(what: 'signing' | 'public', key: KeyObject): KeyObject {
  const isRight = key.type === (what === 'signing' ? 'private' : 'public');
  if (!isRight || key.asymmetricKeyType !== 'ed25519') throw invalid(what);
  return key;
}

function isKeyObject(input: AuditKeyInput): input is KeyObject {
  return typeof input === 'object' && 'asymmetricKeyType' in input;
}

function isFile(input: AuditKeyInput): input is { readonly file: string } {
  return typeof input === 'object' && typeof (input as { file?: unknown }).file === 'string';
}

function invalid(what: 'signing' | 'public'): CacheError {
  const kind = what === 'signing' ? 'private' : 'public';
  return new CacheError(
    'CONFIG_INVALID',
    `The ${what} key of the audit must be an Ed25519 ${kind} key as PEM or JWK; make a pair with \`vitalcache audit keygen\`.`,
  );
}

function tooOpen(file: string): CacheError {
  return new CacheError(
    'CONFIG_INVALID',
    `The signing key of the audit in ${file} can be read by others than its owner; set its mode to 0600.`,
  );
}
