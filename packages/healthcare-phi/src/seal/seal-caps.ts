import { CacheError, type ComplianceLevel } from '@vitalcache/core';

/** How long what is sealed may be readable at most, milliseconds. */
export interface SealCaps extends Readonly<Record<ComplianceLevel, number>> {
  /** Of emergency data, with the time for which it may be served after it has expired. */
  readonly emergency: number;
}

export const SEAL_CAPS: SealCaps = {
  standard: 14_400_000,
  sensitive: 3_600_000,
  restricted: 900_000,
  emergency: 86_700_000,
};

/** By how much clocks of processes may differ. */
export const SKEW_MS = 5_000;
const LONGEST_MS = 7 * 86_400_000;

/** @throws CacheError `CONFIG_INVALID` naming a cap that is out of bounds */
export function checkedCaps(caps: Partial<SealCaps> = {}): SealCaps {
  const all = { ...SEAL_CAPS, ...caps };
  for (const [name, ms] of Object.entries(all)) {
    if (Number.isSafeInteger(ms) && ms >= 1_000 && ms <= LONGEST_MS) continue;
    throw new CacheError(
      'CONFIG_INVALID',
      `The cap of ${name} data is ${String(ms)}; accepted: whole milliseconds from 1000 to ${LONGEST_MS}.`,
    );
  }
  return all;
}

/** The longest of all. */
export function longestMs(caps: SealCaps): number {
  return Math.max(caps.standard, caps.sensitive, caps.restricted, caps.emergency);
}
