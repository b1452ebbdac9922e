import type { Provider, Type } from '@nestjs/common';
import type { CacheWarmer } from '@vitalcache/core';
import {
  generateKeyring,
  HealthcareCacheService,
  healthcarePlugin,
  Keyring,
  MemoryKeyStore,
  runWithAccess,
  type AccessContext,
  type AuditEvent,
} from '@vitalcache/healthcare-phi';
import { metricsPlugin } from '@vitalcache/metrics';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';
import { SWRCacheStrategy } from '@vitalcache/swr';
import { FakeClock } from '@vitalcache/testing';

import { CacheModule, CacheService, type CacheModuleOptions } from '../../src/index.js';
import { startModule, testOptions } from '../support/apps.js';
import { LogLines } from '../support/log-lines.js';

export const DOCTOR: AccessContext = {
  tenant: 'default',
  actor: 'dr-wu',
  roles: ['doctor'],
  purpose: 'TREAT',
};

/** An application of samples on the memory store, with a clock that stands still. */
export async function startSamples(
  providers: (Type | Provider)[],
  more: CacheModuleOptions = {},
  lines = new LogLines(),
  clock = new FakeClock(),
) {
  const options = testOptions(
    {
      provider: new MemoryCacheProvider({ now: clock.now }),
      strategies: [new SWRCacheStrategy()],
      defaults: { jitterRatio: 0, earlyRefresh: 0 },
      clock,
      ...more,
    },
    lines,
  );
  const module = await startModule({ imports: [CacheModule.forRoot(options)], providers });
  return { module, clock, lines, cache: module.get<CacheService>(CacheService) };
}

/** With healthcare and metrics; samples run inside `asDoctor`, as a request would. */
export async function startHealthcare(
  providers: (Type | Provider)[],
  warmers: readonly CacheWarmer[] = [],
) {
  const audit: AuditEvent[] = [];
  const swr = new SWRCacheStrategy();
  const lines = new LogLines();
  const clock = new FakeClock();
  const plugins = [
    metricsPlugin({ alerts: false, staleness: false }),
    healthcarePlugin({
      keyring: Keyring.parse(generateKeyring()),
      keyStore: new MemoryKeyStore(clock),
      audit: { record: async (event) => void audit.push(event) },
      swr,
      clock,
      logger: lines,
    }),
  ];
  const settings = { warming: false }; // at start
  const options = { strategies: [swr], plugins, warmers, settings };
  const started = await startSamples(providers, options, lines, clock);
  const cache = started.module.get(HealthcareCacheService);
  const asDoctor = <T>(work: () => T): T => runWithAccess(DOCTOR, work);
  return { ...started, cache, audit, asDoctor };
}
