/**
 * Hits of the shared tier that are opened, beside plain ones of the same value, in one run: `node
 * tools/measure/sealed-hit.mjs [--quick]` after `npm run build`. Values are JSON of 1 KiB; the process's own tier is off; each
 * sealed hit passes the access check and leaves an audit record. Medians over interleaved rounds, in this process's time on
 * a processor. One caller, as a request waits for its record: the budget is 1.6 x. 64 callers, whose plain reads share
 * questions to the store, are shown beside it. "At least" is a plain hit and what opening and recording take by themselves.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EnvironmentReader } from '../../packages/core/dist/index.js';
import {
  generateKeyring,
  HealthcareCacheService,
  healthcarePlugin,
  Keyring,
  MemoryKeyStore,
  runWithAccess,
} from '../../packages/healthcare-phi/dist/index.js';
import { RedisCacheProvider, RedisService } from '../../packages/provider-redis/dist/index.js';
import { startStore } from '../../packages/testing/dist/index.js';
import { environment, interleaved, isQuick, median, ratioOf } from './rounds.mjs';
import { sealedAtLeast } from './sealed-at-least.mjs';
import { record } from './values.mjs';

const ROUNDS = isQuick ? 5 : 15;
const CALLS = isQuick ? 2_000 : 6_000; // in a round
const IDS = Array.from({ length: 200 }, (_, i) => `patient-${i}`);

const folder = mkdtempSync(join(tmpdir(), 'vitalcache-measure-'));
const store = await startStore('redis');
const plugin = healthcarePlugin({
  keyring: Keyring.parse(generateKeyring()),
  keyStore: new MemoryKeyStore(),
  allowPlaintextConnection: true,
  logger: { debug() {}, log() {}, warn: console.warn, error: console.error },
});
plugin.readEnvironment(new EnvironmentReader({ CACHE_AUDIT_FILE: join(folder, 'audit') }));
const cache = new HealthcareCacheService(
  new RedisCacheProvider(new RedisService({ url: store.url })),
  { l1MaxBytes: 0, plugins: [plugin] },
);
const access = {
  tenant: 'default',
  actor: 'dr-1',
  roles: ['doctor'],
  clinicId: 'c1',
  purpose: 'TREAT',
};

let loads = 0;
const load = async () => {
  loads++;
  return record(1);
};
const plain = (id) => cache.cache(`articles:${id}`, load, { ttl: 3_600 });
const only = (id) => cache.cache(`sessions:${id}`, load, { ttl: 3_600, encrypt: true });
const sealed = (id) => cache.cachePatientRecords(id, 'c1', load);
const floor = await sealedAtLeast(1_024, join(folder, 'at-least'));
const atLeast = async (id) => {
  await plain(id);
  floor.hit(id);
};

/** What a call takes of this process's time on a processor, in microseconds. */
const cpuOf = (read, callers) => async () => {
  let next = 0;
  const before = process.cpuUsage();
  const caller = async () => {
    while (next < CALLS) await read(IDS[next++ % IDS.length]);
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
};

try {
  await cache.start();
  await runWithAccess(access, async () => {
    for (const id of IDS) {
      await plain(id);
      await only(id);
      await sealed(id);
    }
    await cache.settled();
    console.log(`${await environment(store.url)}; 1 KiB`);
    for (const callers of [1, 64]) {
      loads = 0;
      const results = await interleaved(ROUNDS, {
        plain: cpuOf(plain, callers),
        'at least': cpuOf(atLeast, callers),
        'encrypt: true': cpuOf(only, callers),
        'a patient': cpuOf(sealed, callers),
      });
      console.log(`\n${callers} ${callers === 1 ? 'caller' : 'callers'}`);
      for (const [name, values] of Object.entries(results)) {
        const us = median(values).toFixed(1).padStart(6);
        console.log(`${name.padEnd(14)}${us} us  ${ratioOf(values, results.plain).toFixed(2)} x`);
      }
      if (loads > 0) console.log(`${loads} reads were no hits`);
    }
  });
} finally {
  await cache.close();
  await floor.close();
  await store.stop();
  rmSync(folder, { recursive: true, force: true });
}
