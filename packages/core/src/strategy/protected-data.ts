import type { ResolvedCacheOptions } from '../options/cache-options.js';

/** Whether the options ask for what only `@vitalcache/healthcare-phi` can give. */
export function isProtected(options: Omit<ResolvedCacheOptions, 'admission'>): boolean {
  return options.encrypt || isHealthInformation(options);
}

/** Whether options are about health information: protected, and not only sealed. */
export function isHealthInformation(options: Omit<ResolvedCacheOptions, 'admission'>): boolean {
  return (
    options.containsPHI ||
    options.emergencyData ||
    options.patientSpecific ||
    options.doctorSpecific ||
    options.clinicSpecific ||
    options.subject !== null ||
    options.complianceLevel !== 'standard'
  );
}
