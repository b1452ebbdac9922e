import type { ComplianceLevel } from '@vitalcache/core';

import type { PurposeOfUse } from '../access/access-context.js';

/** What happened. */
export type AuditEventType =
  | 'read'
  | 'write'
  | 'invalidate'
  | 'erase'
  | 'clear'
  | 'refresh'
  | 'authz-deny'
  | 'integrity-fail'
  | 'btg-start'
  | 'btg-stop'
  | 'btg-review'
  | 'legal-hold'
  | 'audit-gap'
  | 'audit-config'
  | 'key-rotate'
  | 'key-destroy';

/** FHIR AuditEvent outcome: 0 success, 4 minor failure, 8 serious failure, 12 major failure. */
export type AuditOutcome = 0 | 4 | 8 | 12;

/** One access or act, as it is handed to the audit. Never holds a value. Absent: does not apply, or is not known. */
export interface AuditEvent {
  readonly event: AuditEventType;
  /** Create, read, update, delete, execute. */
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
  readonly outcome: AuditOutcome;
  readonly actor: string;
  readonly onBehalfOf?: string;
  readonly roles?: readonly string[];
  readonly tenant: string;
  readonly clinicId?: string;
  readonly patientId?: string;
  /** The key template, or another constant word for the kind of data. */
  readonly template: string;
  readonly level: ComplianceLevel;
  readonly labels?: readonly string[];
  readonly purpose?: PurposeOfUse;
  readonly grantId?: string;
  /** Where the data came from. */
  readonly source?: 'l1' | 'l2' | 'origin';
  readonly isStale?: boolean;
  readonly ageMs?: number;
  /** Pseudonym of the key. */
  readonly keyRef?: string;
  readonly requestId?: string;
  readonly address?: string;
  /** Counts, key ids, code of a refusal, reason given by a person. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
  /** Of emergency data, whose access goes on when the audit can't be written. */
  readonly isEmergency?: boolean;
}

/** Takes note of every access; what the level asks for when that fails is decided behind it. */
export interface IAudit {
  /**
   * Resolves when the event is as safe as its level asks for. Rejects with a `CacheError` when the access must not
   * happen.
   */
  record(event: AuditEvent): Promise<void>;
}
