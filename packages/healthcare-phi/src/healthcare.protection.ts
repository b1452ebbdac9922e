import type {
  Admission,
  DataProtection,
  NameProtection,
  PayloadSeal,
  ResolvedCacheOptions,
  SealTerms,
} from '@vitalcache/core';

import type { EntryAdmission } from './access/entry.admission.js';
import type { DataKeys } from './keys/data-keys.js';
import type { Pseudonyms } from './names/pseudonyms.js';
import type { EntryIndex } from './subjects/entry-index.js';

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
    return this.#options.admission.admit(key, options);
  }

  /** Notes what is about to be stored, whoever has it stored: it is to be found again for as long as it may be there. */
  onSealed(terms: SealTerms, notAfter: number): void {
    const { admission, index, names } = this.#options;
    const admitted = admission.admissionOf(terms);
    if (admitted) index()?.note(admitted, names.pseudonym('tenant', '', terms.tenant), notAfter);
  }
}
