import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EnvironmentReader } from '@vitalcache/core';
import {
  generateKeyring,
  HealthcareCacheService,
  healthcarePlugin,
  Keyring,
  MemoryKeyStore,
  runWithAccess,
} from '@vitalcache/healthcare-phi';
import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';

import { record } from '../measuring/values.js';
import { expectHits } from './expect-hits.js';
import { expectValue } from './expect-value.js';
import type { IScenario } from './scenario.js';
import { TimedWay } from './timed.way.js';

const IDS = Array.from({ length: 200 }, (_, i) => `patient-${i}`);
const ACCESS = {
  tenant: 'default',
  actor: 'dr-1',
  roles: ['doctor'],
  clinicId: 'c1',
  purpose: 'TREAT',
} as const;
const QUIET = {
  debug: () => undefined,
  log: () => undefined,
  warn: console.warn,
  error: console.error,
};

/** A hit that is sealed, and one of a patient's data with all that goes with it, beside a plain one. */
export const sealedHitScenario: IScenario = {
  name: 'sealed-hit',
  title:
    'A hit in the shared store of 1 KiB that is opened, and one of a patient that passes the access check and leaves an audit ' +
    'record as well, beside a plain one; one caller, as a request waits for its record.',
  unit: 'us',
  reference: 'plain',
  async open({ url, sizes }) {
    const folder = mkdtempSync(join(tmpdir(), 'vitalcache-benchmark-'));
    const cache = cacheIn(folder, url);
    await cache.start();
    let loads = 0;
    const load = async (): Promise<object> => {
      loads++;
      return record(1);
    };
    const plain = (id: string) => cache.cache(`articles:${id}`, load, { ttl: 3_600 });
    const sealed = (id: string) =>
      cache.cache(`sessions:${id}`, load, { ttl: 3_600, encrypt: true });
    const patient = (id: string) => cache.cachePatientRecords(id, 'c1', load);
    const way = (name: string, read: (id: string) => Promise<unknown>) =>
      new TimedWay({
        name,
        unit: 'us',
        roundMs: sizes.roundMs * 2,
        operation: (i) => runWithAccess(ACCESS, () => read(IDS[i % IDS.length] as string)),
        check: () =>
          runWithAccess(ACCESS, async () => {
            for (const id of IDS) await read(id);
            await cache.settled();
            const reading = async (): Promise<void> => {
              for (const id of IDS) expectValue('a hit', await read(id), record(1));
            };
            await expectHits(() => loads, reading);
          }),
        close: async () => {
          await cache.close();
          rmSync(folder, { recursive: true, force: true });
        },
      });
    return [
      way('plain', plain),
      way('vitalcache, sealed', sealed),
      way('vitalcache, a patient', patient),
    ];
  },
};

function cacheIn(folder: string, url: string): HealthcareCacheService {
  const plugin = healthcarePlugin({
    keyring: Keyring.parse(generateKeyring()),
    keyStore: new MemoryKeyStore(),
    allowPlaintextConnection: true,
    logger: QUIET,
  });
  plugin.readEnvironment?.(new EnvironmentReader({ CACHE_AUDIT_FILE: join(folder, 'audit') }));
  return new HealthcareCacheService(new RedisCacheProvider(new RedisService({ url })), {
    namespace: 'sealed',
    l1MaxBytes: 0,
    plugins: [plugin],
  });
}
