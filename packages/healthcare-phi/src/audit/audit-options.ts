import { hostname } from 'node:os';

import { CacheError } from '@vitalcache/core';

import type { AuditEvent } from './audit-event.js';
import { readSigningKey, type AuditKeyInput } from './audit-keys.js';
import { LocalAuditSigner, type IAuditSigner } from './audit.signer.js';

/** @throws CacheError `CONFIG_INVALID` */
export function nodeName(given: string | undefined): string {
  const name = given ?? hostname().replace(/[^A-Za-z0-9._-]/g, '-');
  if (/^[A-Za-z0-9._-]{1,128}$/.test(name)) return name;
  throw new CacheError(
    'CONFIG_INVALID',
    'The node of the audit must be up to 128 letters, digits, dots, underscores and hyphens.',
  );
}

/** @throws CacheError `CONFIG_INVALID` */
export function signerOf(key: AuditKeyInput | IAuditSigner): IAuditSigner {
  return isSigner(key) ? key : new LocalAuditSigner(readSigningKey(key));
}

/** What the audit says of itself. */
export function configEvent(detail: NonNullable<AuditEvent['detail']>): AuditEvent {
  return {
    event: 'audit-config',
    action: 'E',
    outcome: 0,
    actor: 'system',
    tenant: 'system',
    template: 'audit',
    level: 'standard',
    detail,
  };
}

function isSigner(key: AuditKeyInput | IAuditSigner): key is IAuditSigner {
  return typeof key === 'object' && typeof (key as IAuditSigner).sign === 'function';
}
