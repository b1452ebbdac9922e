import { assertOptionNames, type Clock, type OptionNames } from '@vitalcache/core';

import type { AuditAnchor } from '../audit-sinks/audit-anchor.js';
import type { AuditSink } from '../audit-sinks/audit-sink.js';
import type { AuditAlarmListener } from './audit-alarm.js';
import type { AuditKeyInput } from './audit-keys.js';
import { AUDIT_LIMITS, type AuditLimits } from './audit-limits.js';
import type { IAuditSigner } from './audit.signer.js';

export interface PhiAuditOptions {
  /** Where the log is kept. */
  readonly sink: AuditSink;
  /** Signs checkpoints: a private key of Ed25519, or somebody who has one. */
  readonly signingKey: AuditKeyInput | IAuditSigner;
  /** A directory on the local disk, for when the sink is down; for this alone, and open to nobody else. */
  readonly spoolDirectory: string;
  /** A second place for checkpoints. Absent: nobody can see that the end of the log was cut off. */
  readonly anchor?: AuditAnchor;
  /** Names this machine among those that write such a log; letters, digits, `.`, `_`, `-`. Default: the host's name. */
  readonly node?: string;
  /** Told at once when records can't be kept as they should be. Default: nobody; health tells it all the same. */
  readonly onAlarm?: AuditAlarmListener;
  readonly limits?: Partial<AuditLimits>;
  /** How long reads of one request that are alike are gathered into one record with their count. Default: 0, never. */
  readonly mergeWindowMs?: number;
  /** Whether a time server keeps this machine's clock, if somebody knows. */
  readonly isClockSynchronised?: () => boolean | undefined;
  readonly clock?: Clock;
  /** Milliseconds by a clock that nobody sets. Default: `performance.now`. */
  readonly monotonicMs?: () => number;
}

const NAMES: OptionNames<PhiAuditOptions> = {
  sink: true,
  signingKey: true,
  spoolDirectory: true,
  anchor: true,
  node: true,
  onAlarm: true,
  limits: true,
  mergeWindowMs: true,
  isClockSynchronised: true,
  clock: true,
  monotonicMs: true,
};

/** @throws CacheError `CONFIG_INVALID` for what there is no option of */
export function assertAuditOptions(options: PhiAuditOptions): void {
  assertOptionNames('PhiAudit', options, NAMES);
  if (options.limits) assertOptionNames('limits', options.limits, AUDIT_LIMITS);
}
