import { verify } from 'node:crypto';

import { readPublicKey, type AuditKeyInput } from '../audit/audit-keys.js';
import type { ShredReceipt } from '../keys/shred-receipt.js';

/** Where the audit log stood when it had been told of the erasure. */
export interface AuditPosition {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
}

/** What an erasure came to; it holds pseudonyms, no identifiers. */
export interface ErasureFacts {
  readonly format: 1;
  readonly id: string;
  /** When it was done, ISO 8601. */
  readonly at: string;
  readonly namespace: string;
  readonly tenant: string;
  readonly patient: string;
  /** Position of the journal: nothing that was loaded before it is served again, by whatever process. */
  readonly stamp: number | null;
  /** Entries that were removed physically; `null`: not known. */
  readonly removed: number | null;
  /** What became of the keys, and whether old copies of the store can still be read. */
  readonly keys: Pick<
    ShredReceipt,
    'mode' | 'shredded' | 'destroyedKeyIds' | 'unreadableAt' | 'inMemoryUntil'
  >;
  /** `null`: the audit keeps no log of its own, or it could not be asked. */
  readonly audit: AuditPosition | null;
}

/** An erasure with the signature of the audit's key over it. */
export interface ErasureReceipt extends ErasureFacts {
  readonly keyId: string;
  /** Ed25519 over {@link erasureText}, base64url. */
  readonly signature: string;
}

/** What is signed: the facts as JSON, in the order of their names. */
export function erasureText(facts: ErasureFacts): string {
  const { format, id, at, namespace, tenant, patient, stamp, removed, keys, audit } = facts;
  const { mode, shredded, destroyedKeyIds, unreadableAt, inMemoryUntil } = keys;
  return JSON.stringify([
    'vitalcache/erasure/1',
    ...[format, id, at, namespace, tenant, patient, stamp, removed],
    ...[mode, shredded, destroyedKeyIds, unreadableAt, inMemoryUntil],
    audit && [audit.chain, audit.seq, audit.hash],
  ]);
}

/**
 * Whether a receipt is what was signed; false also for what is no receipt.
 * @throws CacheError `CONFIG_INVALID` for a key that is none
 */
export function verifyErasureReceipt(receipt: ErasureReceipt, publicKey: AuditKeyInput): boolean {
  const key = readPublicKey(publicKey);
  try {
    const signature = Buffer.from(receipt.signature, 'base64url');
    return verify(null, Buffer.from(erasureText(receipt)), key, signature);
  } catch {
    return false; // a part is missing, or of another kind
  }
}
