import { systemClock, type Clock } from '@vitalcache/core';

import type { AuditKeyInput } from '../audit/audit-keys.js';
import type { AuditAnchor } from '../audit-sinks/audit-anchor.js';
import { DEFAULT_RETENTION_MS } from '../audit-sinks/retention.js';
import type { AuditVerification } from './audit-finding.js';
import { LogVerifier } from './log.verifier.js';
import { PublicKeys } from './public-keys.js';

export interface VerifyAuditOptions {
  /** Where checkpoints were taken to. Without it the end of a log can be cut off unseen. */
  /** What the names of its files begin with, `FileAuditSink`'s `name`: files of others alone are no log. Absent: any. */
  readonly name?: string;
  readonly anchor?: Pick<AuditAnchor, 'read'>;
  /** How long files are kept; what is older may be missing. Default: six years. */
  readonly retentionMs?: number;
  readonly clock?: Clock;
}

/**
 * Checks the audit log in a directory: the links of every chain, checkpoints, digests, numbers that are missing, clocks that
 * were set. What it can't see: without an anchor, that the end of the newest chain was cut off; with one, that what came
 * after the last anchored checkpoint was. A log that is not there, or an anchor that has nothing, is `unverifiable`, never intact.
 *
 * @param publicKey of the pair that signs, or several: those in use over the years
 * @throws CacheError `CONFIG_INVALID` if that is no Ed25519 public key
 */
export async function verifyAudit(
  directory: string,
  publicKey: AuditKeyInput | readonly AuditKeyInput[],
  options: VerifyAuditOptions = {},
): Promise<AuditVerification> {
  const { anchor, name, retentionMs = DEFAULT_RETENTION_MS, clock = systemClock } = options;
  const expiredBefore = clock.now() - retentionMs;
  const verifier = new LogVerifier(directory, new PublicKeys(publicKey), expiredBefore);
  return verifier.verify({ anchor, name });
}
