import type { CacheOptions, ResolvedCacheOptions } from '../options/cache-options.js';

type Marks =
  | 'containsPHI'
  | 'emergencyData'
  | 'patientSpecific'
  | 'doctorSpecific'
  | 'clinicSpecific'
  | 'subject'
  | 'complianceLevel';
/** As resolved, or as they were written. */
type Marked<M extends keyof CacheOptions & keyof ResolvedCacheOptions> =
  Pick<ResolvedCacheOptions, M> | Pick<CacheOptions, M>;

/** Whether the options ask for what only `@vitalcache/healthcare-phi` can give. */
export function isProtected(options: Marked<Marks | 'encrypt'>): boolean {
  return options.encrypt === true || isHealthInformation(options);
}

/** Whether options are about health information: protected, and not only sealed. */
export function isHealthInformation(options: Marked<Marks>): boolean {
  const { subject = null, complianceLevel = 'standard' } = options;
  return (
    options.containsPHI === true ||
    options.emergencyData === true ||
    options.patientSpecific === true ||
    options.doctorSpecific === true ||
    options.clinicSpecific === true ||
    subject !== null ||
    complianceLevel !== 'standard'
  );
}
