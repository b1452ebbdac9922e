import type { PluginHealth } from '@vitalcache/core';

import type { AuditAlarmKind } from './audit-alarm.js';

/** What the health of the audit is told by. */
export interface AuditSigns {
  readonly isRunning: boolean;
  readonly isSinkDown: boolean;
  readonly ringing: readonly AuditAlarmKind[];
}

const CRITICAL: readonly [(signs: AuditSigns) => boolean, string][] = [
  [({ isRunning }) => !isRunning, 'The audit is not running.'],
  [
    (signs) => isSinkDown(signs) && !isSpoolDown(signs),
    'The sink of the audit is down: restricted data is refused, other records go to the local disk.',
  ],
  [
    (signs) => isSinkDown(signs) && isSpoolDown(signs),
    'Neither the sink of the audit nor its local disk takes records: restricted data is refused, all other protected data but emergencies once too many records wait in memory.',
  ],
  [rings('emergency-unrecorded'), 'Emergencies were served whose records are kept nowhere yet.'],
];
const WARNING: readonly [(signs: AuditSigns) => boolean, string][] = [
  [rings('buffer-full'), 'Too many audit records wait for the sink.'],
  [rings('signer-failed'), 'Checkpoints of the audit can not be signed.'],
  [rings('anchor-failed'), 'The anchor of the audit takes no checkpoints.'],
];

const isSpoolDown = rings('spool-failed');

function isSinkDown({ isSinkDown: isDown, isRunning }: AuditSigns): boolean {
  return isDown && isRunning;
}

export function auditHealth(signs: AuditSigns): PluginHealth {
  const told = (rules: typeof CRITICAL): string[] =>
    rules.filter(([isSo]) => isSo(signs)).map(([, reason]) => reason);
  const [critical, warnings] = [told(CRITICAL), told(WARNING)];
  const status = critical.length > 0 ? 'critical' : warnings.length > 0 ? 'warning' : 'healthy';
  return { status, reasons: [...critical, ...warnings] };
}

function rings(kind: AuditAlarmKind): (signs: AuditSigns) => boolean {
  return ({ ringing }) => ringing.includes(kind);
}
