import { join } from 'node:path';

import {
  FileKeyStore,
  FileRecordBook,
  healthcarePlugin,
  MemoryKeyStore,
  type HealthcarePlugin,
  type HealthcarePluginOptions,
  type HoldRecord,
} from '@vitalcache/healthcare-phi';

import { authorize, resolveAccess } from './demo-access.js';
import type { ProtectionFolder } from './protection-folder.js';

export interface ProtectionOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: ProtectionFolder;
  readonly swr: NonNullable<HealthcarePluginOptions['swr']>;
  readonly logger: NonNullable<HealthcarePluginOptions['logger']>;
}

/**
 * How the demo protects what it caches of patients: sealed with a key for each of them, on record, for whoever is logged
 * in. Keys of a cache in memory live in memory; those of a server stand beside the database, never on that server.
 */
export function protection({ env, folder, swr, logger }: ProtectionOptions): HealthcarePlugin {
  const { path } = folder;
  const isInMemory = (env['CACHE_PROVIDER']?.trim() || 'memory') === 'memory';
  const ownStore = isInMemory ? new MemoryKeyStore() : new FileKeyStore(join(path, 'subjects'));
  return healthcarePlugin({
    ...(!env['CACHE_KEY_STORE_URL'] && { keyStore: ownStore }),
    subjectKeys: 'stored',
    resolveAccess,
    authorize,
    legalHold: {
      roles: ['records-office'],
      book: new FileRecordBook<HoldRecord>(join(path, 'legal-holds.jsonl')),
    },
    receiptsDirectory: join(path, 'receipts'),
    swr,
    logger,
  });
}
