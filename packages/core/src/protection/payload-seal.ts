import type { ComplianceLevel } from './compliance-level.js';

/** Whose data an entry holds, and how closely: what its seal is bound to. */
export interface SealTerms {
  /** Isolation boundary: nothing of one tenant can be opened for another. */
  readonly tenant: string;
  /** Within the tenant: clinic, doctor or grant that the entry is for; empty for none. */
  readonly scope: string;
  readonly level: ComplianceLevel;
  /** The key template, or another constant word. */
  readonly template: string;
  /** Whose key it is sealed with, such as `patient:7`; `null`: the tenant's. */
  readonly subject: string | null;
  /** Of emergency data, which may be kept for longer than its level allows otherwise. */
  readonly isEmergency: boolean;
}

/** Key material for entries of the same terms, for a short while. */
export interface SealKey {
  /**
   * @param context what the payload stands in (the entry's header, its name in the store): it can't be opened in another
   * @param notAfter from when on it can't be opened, in epoch milliseconds
   */
  seal(payload: Uint8Array, context: Uint8Array, notAfter: number): Buffer;
  /** `null`: it is not what was sealed, there, for these terms, or too old; whoever opens it may have tampered with it. */
  open(sealed: Uint8Array, context: Uint8Array, nowMs: number): Buffer | null;
}

/** Seals and opens the payloads of entries. */
export interface PayloadSeal {
  /** Where keys are at hand it answers without a promise. Rejects, or throws, with a `CacheError`: nothing is stored. */
  sealingKey(terms: SealTerms): SealKey | Promise<SealKey>;
  /**
   * The key that a payload was sealed with, if it was sealed for these terms: `null` when the key is gone, on purpose or
   * with time, which is a plain miss. Rejects, or throws, with a `CacheError` when it can't be had now.
   */
  openingKey(terms: SealTerms, sealed: Uint8Array): SealKey | null | Promise<SealKey | null>;
  /** Whether entries of these terms may be held in this process, sealed as they are, and for how long at most. 0: not at all. */
  ownMs(terms: SealTerms): number;
  /** Bytes were refused by {@link SealKey.open}: to be counted and told, without what they are. */
  onRefused(terms: SealTerms): void;
}
