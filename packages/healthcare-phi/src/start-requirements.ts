import type { KeyObject } from 'node:crypto';

import { CacheError, type Clock } from '@vitalcache/core';

import { OffAudit } from './off.audit.js';
import { FileAuditSink } from './audit-sinks/file.sink.js';
import type { AuditAlarm } from './audit/audit-alarm.js';
import { auditPaths } from './audit/audit-paths.js';
import { PhiAudit } from './audit/phi.audit.js';
import type { HealthcareAudit } from './healthcare-plugin.options.js';
import { generateKeyring } from './keys/keyring/generate-keyring.js';
import { Keyring } from './keys/keyring/keyring.js';

/**
 * The keyring; without sealing one that ends with this process will do.
 * @throws CacheError `CONFIG_INVALID`
 */
export function keyringOf(
  given: Keyring | undefined,
  isSealed: boolean,
  warn: (message: string) => void,
): Keyring {
  if (given) return given;
  if (isSealed) {
    throw new CacheError(
      'CONFIG_INVALID',
      'Protected data needs keys: set CACHE_KEYRING_FILE to a file of mode 0600 with a keyring (`vitalcache keyring generate`, or generateKeyring(), makes it), or pass keyring to healthcarePlugin().',
    );
  }
  warn(
    'CACHE_KEYRING is not set, and CACHE_ENCRYPTION_ENABLED is false: names in the store are made with a key of this process, so that no other can share its namespace.',
  );
  return Keyring.parse(generateKeyring());
}

export interface AuditRequirements {
  readonly isAudited: boolean;
  readonly given: HealthcareAudit | undefined;
  readonly path: string | undefined;
  readonly signingKey: KeyObject | null;
  readonly clock: Clock;
  /** Told of alarms; they name no person. */
  readonly warn: (message: string) => void;
}

/** @throws CacheError `CONFIG_INVALID` */
export function auditOf({
  isAudited,
  given,
  path,
  signingKey,
  clock,
  warn,
}: AuditRequirements): HealthcareAudit {
  if (!isAudited) return new OffAudit();
  if (given) return given;
  if (path === undefined) {
    throw new CacheError(
      'CONFIG_INVALID',
      'Protected data needs an audit: set CACHE_AUDIT_FILE to a folder for the log (not one that others may write), or pass audit to healthcarePlugin().',
    );
  }
  if (!signingKey) {
    throw new CacheError(
      'CONFIG_INVALID',
      'The audit needs a key to sign with, and the keyring has none: add one to its list audit (generateRingKey("audit") makes it).',
    );
  }
  const { directory, name, spoolDirectory } = auditPaths(path);
  const sink = new FileAuditSink({ directory, name, clock });
  const onAlarm = ({ message }: AuditAlarm): void => warn(message);
  return new PhiAudit({ sink, signingKey, spoolDirectory, clock, onAlarm });
}
