import type { Admission } from '@vitalcache/core';
import { FakeClock } from '@vitalcache/testing';

import { EntryAdmission } from '../../src/access/entry.admission.js';
import { tenantOfKey } from '../../src/access/entry-variant.js';
import { DataKeys } from '../../src/keys/data-keys.js';
import { generateKeyring } from '../../src/keys/keyring/generate-keyring.js';
import { Keyring } from '../../src/keys/keyring/keyring.js';
import { MemoryKeyStore } from '../../src/keys/stores/memory-key.store.js';
import { KeyedNames } from '../../src/names/keyed-names.js';
import { PhiSeal } from '../../src/seal/phi.seal.js';
import { longestMs, SEAL_CAPS } from '../../src/seal/seal-caps.js';
import { subjectByConvention } from '../../src/subjects/key-convention.js';
import { KnownSubjects } from '../../src/subjects/known-subjects.js';
import { guardedCache, type GuardedCacheOptions } from './guarded-cache.js';

export interface SealedCacheOptions extends GuardedCacheOptions {
  /** Takes a barrier away, to see whether the others hold. */
  readonly admittedAs?: (admission: Admission) => Admission;
}

/** {@link guardedCache} with its entries under seal, by keys in memory. */
export function sealedCache({
  admittedAs = (admission) => admission,
  ...options
}: SealedCacheOptions = {}) {
  const { clock = new FakeClock() } = options;
  const keyring = Keyring.parse(generateKeyring());
  const slotOf = (key: string): string | null => {
    const { patientId } = subjectByConvention(key);
    return patientId === undefined ? null : JSON.stringify([tenantOfKey(key), patientId]);
  };
  const names = new KeyedNames({ keys: keyring.index, slotOf, clock });
  const keys = new DataKeys({
    keyring,
    store: new MemoryKeyStore(clock),
    longestMs: longestMs(SEAL_CAPS),
    clock,
  });
  const seal = new PhiSeal({ keys, names, clock });
  const state = { isCaching: true, warnings: [] as string[] };
  const admission = new EntryAdmission({
    isCaching: () => state.isCaching,
    warn: (message) => state.warnings.push(message),
    subjects: new KnownSubjects(clock),
    clock,
  });
  const protection = {
    names,
    seal,
    open: () => keys.open(),
    close: () => keys.close(),
    admit: (...call: Parameters<EntryAdmission['admit']>) => {
      const admitted = admission.admit(...call);
      return admitted && admittedAs(admitted);
    },
  };
  return { ...guardedCache({ ...options, clock, plugin: { protection } }), state, seal, admission };
}
