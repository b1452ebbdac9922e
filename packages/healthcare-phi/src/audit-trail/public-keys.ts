import { verify, type KeyObject } from 'node:crypto';

import { auditKeyId } from '../audit/audit.signer.js';
import { readPublicKey, type AuditKeyInput } from '../audit/audit-keys.js';

/** The keys that the one who checks trusts: one, or several over the years. */
export class PublicKeys {
  readonly #keys: ReadonlyMap<string, KeyObject>;

  /** @throws CacheError `CONFIG_INVALID` if one of them is no Ed25519 public key */
  constructor(inputs: AuditKeyInput | readonly AuditKeyInput[]) {
    const list: readonly AuditKeyInput[] = isList(inputs) ? inputs : [inputs];
    const keys = list.map((input) => readPublicKey(input));
    this.#keys = new Map(keys.map((key) => [auditKeyId(key), key]));
  }

  isGenuine(text: string, signature: string, keyId: string): boolean {
    const key = this.#keys.get(keyId);
    const bytes = Buffer.from(signature, 'base64url');
    // The last letter has bits to spare: another one could stand for the same bytes.
    if (!key || bytes.toString('base64url') !== signature) return false;
    return verify(null, Buffer.from(text), key, bytes);
  }
}

function isList(
  inputs: AuditKeyInput | readonly AuditKeyInput[],
): inputs is readonly AuditKeyInput[] {
  return Array.isArray(inputs);
}
