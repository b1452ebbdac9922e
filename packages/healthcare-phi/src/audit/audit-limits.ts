import type { ComplianceLevel } from '@vitalcache/core';

import type { AuditEvent } from './audit-event.js';

/** What decides what happens when the log can't be written: the level of the data, or that it is for an emergency. */
export type AuditClass = ComplianceLevel | 'emergency';

export function classOf({ level, isEmergency }: AuditEvent): AuditClass {
  return isEmergency ? 'emergency' : level;
}

/** Sizes and times of the audit; each has a default that is fit for use. */
export interface AuditLimits {
  /** Records that wait in this process for the sink. Default: 10 000. */
  readonly maxRecords: number;
  /** And their bytes. Default: 16 MiB. */
  readonly maxBytes: number;
  /** How many of them may be of level sensitive. Default: 1 000. */
  readonly maxSensitiveRecords: number;
  /** How many emergency records may wait beyond `maxRecords`. Default: 10 000. */
  readonly maxEmergencyRecords: number;
  /** How long a caller of level standard waits for room. Default: 1 000. */
  readonly roomTimeoutMs: number;
  /** How long a caller of level restricted waits for a durable record. Default: 2 000. */
  readonly durableTimeoutMs: number;
  /** How long an emergency waits for the sink, and then again for the local file. Default: 250. */
  readonly emergencyTimeoutMs: number;
  /** After how long a sink that doesn't answer is down. Default: 5 000. */
  readonly sinkTimeoutMs: number;
  /** How long a write to the local file may take. Default: 2 000. */
  readonly spoolTimeoutMs: number;
  /** How long records that nobody waits for are gathered before they are written. Default: 50. */
  readonly gatherMs: number;
  /** How soon a sink that is down is tried again; doubles up to `maxRetryMs`. Default: 1 000. */
  readonly retryMs: number;
  /** Default: 30 000. */
  readonly maxRetryMs: number;
}

export const AUDIT_LIMITS: AuditLimits = {
  maxRecords: 10_000,
  maxBytes: 16 * 1_024 * 1_024,
  maxSensitiveRecords: 1_000,
  maxEmergencyRecords: 10_000,
  roomTimeoutMs: 1_000,
  durableTimeoutMs: 2_000,
  emergencyTimeoutMs: 250,
  sinkTimeoutMs: 5_000,
  spoolTimeoutMs: 2_000,
  gatherMs: 50,
  retryMs: 1_000,
  maxRetryMs: 30_000,
};
