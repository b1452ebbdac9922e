import type { EnvironmentReader } from '@vitalcache/core';

import { readTtls, type HealthcareTtls } from './healthcare-ttl.js';
import type { Keyring } from './keys/keyring/keyring.js';
import { readKeyring } from './keys/keyring/read-keyring.js';

/** What variables say; what they don't say is absent. */
export interface HealthcareEnvironment {
  readonly ttl: Partial<HealthcareTtls>;
  readonly encryption?: boolean;
  readonly auditLogging?: boolean;
  readonly keyring?: Keyring;
  /** A secret: it may hold a password. */
  readonly keyStoreUrl?: string;
  readonly auditFile?: string;
}

/** What is wrong is noted in the reader. */
export function readHealthcareEnvironment(reader: EnvironmentReader): HealthcareEnvironment {
  const encryption = reader.boolean('CACHE_ENCRYPTION_ENABLED');
  const auditLogging = reader.boolean('CACHE_AUDIT_LOGGING_ENABLED');
  const keyring = readKeyring(reader);
  const keyStoreUrl = reader.secret('CACHE_KEY_STORE_URL');
  const auditFile = reader.string('CACHE_AUDIT_FILE');
  return {
    ttl: readTtls(reader),
    ...(encryption !== undefined && { encryption }),
    ...(auditLogging !== undefined && { auditLogging }),
    ...(keyring && { keyring }),
    ...(keyStoreUrl !== undefined && { keyStoreUrl }),
    ...(auditFile !== undefined && { auditFile }),
  };
}
