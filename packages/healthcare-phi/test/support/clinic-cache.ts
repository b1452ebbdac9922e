import type { CacheConfig, ICacheProvider } from '@vitalcache/core';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';
import { FakeClock } from '@vitalcache/testing';

import { runWithAccess } from '../../src/access/access-scope.js';
import type { AccessContext } from '../../src/access/access-context.js';
import { HealthcareCacheService } from '../../src/healthcare-cache.service.js';
import { healthcarePlugin } from '../../src/healthcare.plugin.js';
import type { HealthcarePluginOptions } from '../../src/healthcare-plugin.options.js';
import { generateKeyring } from '../../src/keys/keyring/generate-keyring.js';
import { Keyring } from '../../src/keys/keyring/keyring.js';
import { MemoryKeyStore } from '../../src/keys/stores/memory-key.store.js';
import { RecordingAudit } from './recording.audit.js';

export const DOCTOR: AccessContext = {
  tenant: 'default',
  actor: 'dr-1',
  roles: ['doctor'],
  purpose: 'TREAT',
};

export interface ClinicCacheOptions extends Partial<HealthcarePluginOptions> {
  readonly provider?: ICacheProvider;
  readonly config?: Omit<CacheConfig, 'keyFactory' | 'plugins'>;
  readonly audit?: RecordingAudit;
}

/** A healthcare cache as a deployment has it, on a store in memory unless another is given. */
export async function clinicCache({
  provider,
  config,
  audit = new RecordingAudit(),
  ...options
}: ClinicCacheOptions = {}) {
  const clock = new FakeClock();
  const warnings: string[] = [];
  const warn = (line: string): void => void warnings.push(line);
  const logger = { debug: () => undefined, log: () => undefined, warn, error: warn };
  const store = provider ?? new MemoryCacheProvider({ now: clock.now });
  const keyring = options.keyring ?? Keyring.parse(generateKeyring());
  const plugin = healthcarePlugin({
    keyring,
    audit,
    logger,
    keyStore: new MemoryKeyStore(clock),
    ...(provider === undefined && { clock }),
    ...options,
  });
  const cache = new HealthcareCacheService(store, {
    logger,
    ...(provider === undefined && { clock }),
    ...config,
    plugins: [plugin],
  });
  await cache.start();
  const as = <R>(work: () => R, context: Partial<AccessContext> = {}): R =>
    runWithAccess({ ...DOCTOR, ...context }, work);
  return { cache, plugin, store, clock, audit, keyring, warnings, as };
}
