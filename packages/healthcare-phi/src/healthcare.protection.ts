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
import type { CompliancePolicy } from './policy/compliance.policy.js';
import type { EntryIndex } from './subjects/entry-index.js';
import { topicTagsOf } from './subjects/subject-tags.js';

export interface HealthcareProtectionOptions {
  readonly names: NameProtection & Pseudonyms;
  readonly seal: PayloadSeal;
  readonly keys: DataKeys;
  readonly admission: EntryAdmission;
  readonly policy: Pick<CompliancePolicy, 'assertTags'>;
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

  /** Told tags of lists and schedules also find them when an appointment changes. */
  toldTags(tags: readonly string[], options: ResolvedCacheOptions): readonly string[] {
    this.#options.policy.assertTags(tags, options);
    return [...tags, ...topicTagsOf(tags)];
  }

  /** Notes what is about to be stored, whoever has it stored: it is to be found again for as long as it may be there. */
  onSealed(terms: SealTerms, notAfter: number): void {
    const { admission, index, names } = this.#options;
    const admitted = admission.admissionOf(terms);
    if (admitted) index()?.note(admitted, names.pseudonym('tenant', '', terms.tenant), notAfter);
  }
}
