import type {
  Admission,
  DataProtection,
  NameProtection,
  PayloadSeal,
  ResolvedCacheOptions,
} from '@vitalcache/core';

import type { EntryAdmission } from './access/entry.admission.js';
import type { DataKeys } from './keys/data-keys.js';
import type { Pseudonyms } from './names/pseudonyms.js';
import type { EntryIndex } from './subjects/entry-index.js';

/** Emergency data may be kept for so long beyond its time to live, in case its source fails. */
const EMERGENCY_KEPT_MS = 86_400_000;

export interface HealthcareProtectionOptions {
  readonly names: NameProtection & Pseudonyms;
  readonly seal: PayloadSeal;
  readonly keys: DataKeys;
  readonly admission: EntryAdmission;
  /** `null` before there is a cache. */
  readonly index: () => EntryIndex | null;
}

/** Names, seals and admits the protected data of one cache, and notes in its index where it stands. */
export class HealthcareProtection implements DataProtection {
  readonly #options: HealthcareProtectionOptions;

  constructor(options: HealthcareProtectionOptions) {
    this.#options = options;
  }

  get names(): NameProtection {
    return this.#options.names;
  }

  get seal(): PayloadSeal {
    return this.#options.seal;
  }

  open(): Promise<void> {
    return this.#options.keys.open();
  }

  close(): Promise<void> {
    return this.#options.keys.close();
  }

  admit(key: string, options: ResolvedCacheOptions): Admission | null {
    const { admission, index, names } = this.#options;
    const admitted = admission.admit(key, options);
    if (!admitted || options.ttlMs === 0) return admitted;
    const { ttlMs, staleIfErrorMs, emergencyData } = options;
    const keptMs = ttlMs + (emergencyData ? EMERGENCY_KEPT_MS : staleIfErrorMs);
    const tenantOf = (): string => names.pseudonym('tenant', '', admitted.terms.tenant);
    index()?.note(admitted, tenantOf, keptMs);
    return admitted;
  }
}
