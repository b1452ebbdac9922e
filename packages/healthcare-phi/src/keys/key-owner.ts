import type { Pseudonyms } from '../names/pseudonyms.js';
import type { KeyOwner } from './data-key.js';

/**
 * @param isRemembered false: neither name is kept in memory for longer than the call
 */
export function ownerOf(
  names: Pseudonyms,
  tenant: string,
  subject: string | null,
  isRemembered = true,
): KeyOwner {
  return {
    tenant: names.pseudonym('tenant', '', tenant),
    subject: subject === null ? null : names.pseudonym('subject', tenant, subject, isRemembered),
  };
}

/** The owner by each index key that is known, the present one first. */
export function ownersOf(
  names: Pseudonyms,
  tenant: string,
  subject: string | null,
): readonly KeyOwner[] {
  const subjects = subject === null ? null : names.pseudonyms('subject', tenant, subject);
  return names
    .pseudonyms('tenant', '', tenant)
    .map((pseudonym, index) => ({ tenant: pseudonym, subject: subjects?.[index] ?? null }));
}
