import type { NameProtection } from '@vitalcache/core';

import type { BreakGlassGrant } from './break-glass-grant.js';

/** Keeps signatures for grants apart from all others made with the same secret. */
const DOMAIN = 'vitalcache/break-glass/1';

/** Vouches for grants with the secret of the names. */
export class GrantSigner {
  readonly #names: Pick<NameProtection, 'sign' | 'isSigned'>;

  constructor(names: Pick<NameProtection, 'sign' | 'isSigned'>) {
    this.#names = names;
  }

  sign(grant: Omit<BreakGlassGrant, 'token'>): string {
    return Buffer.from(this.#names.sign(bytesOf(grant))).toString('base64url');
  }

  isSigned(grant: Omit<BreakGlassGrant, 'token'>, signature: string): boolean {
    return this.#names.isSigned(bytesOf(grant), Buffer.from(signature, 'base64url'));
  }
}

/** A list as JSON: no two grants have the same. */
function bytesOf({
  id,
  actor,
  tenant,
  patientId,
  reasonCode,
  hasPart2,
  openedAt,
  expiresAt,
}: Omit<BreakGlassGrant, 'token'>): Buffer {
  const fields = [id, actor, tenant, patientId, reasonCode, hasPart2, openedAt, expiresAt];
  return Buffer.from(JSON.stringify([DOMAIN, ...fields]));
}
