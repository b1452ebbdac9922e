import { isStricter, type ComplianceLevel } from './compliance-level.js';
import type { SealTerms } from './payload-seal.js';

/** Where a call on protected data goes, as whoever makes it may. */
export interface Admission {
  /** The key, told apart by whom it is for: a base key, or one with a variant. */
  readonly key: string;
  /** All tags that the entry carries from its call on; those of a tags function, or of its loader, come to them. */
  readonly tags: readonly string[];
  readonly terms: SealTerms;
}

/** What an entry is tagged with: what callers and loaders say, and what the protection wants it to be. */
export function tagsWith(admission: Admission | null, tags: readonly string[]): readonly string[] {
  return admission ? [...new Set([...admission.tags, ...tags])] : tags;
}

/** How the value of a call is kept; `ResolvedCacheOptions` are such, and name an admission themselves. */
interface Kept {
  /** `null`: as data that is not protected. */
  readonly admission: Admission | null;
  readonly complianceLevel: ComplianceLevel;
}

/** Whether what was made of data of a level would be more open than that. */
export function isMoreOpen(
  { admission, complianceLevel }: Kept,
  madeOf: ComplianceLevel | null,
): boolean {
  return isStricter(madeOf, admission && complianceLevel);
}
