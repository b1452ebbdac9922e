import type { ResolvedCacheOptions } from '../options/cache-options.js';

/** Whether the options ask for what only `@vitalcache/healthcare-phi` can give. */
export function isProtected(options: Omit<ResolvedCacheOptions, 'admission'>): boolean {
  return (
    options.containsPHI ||
    options.emergencyData ||
    options.patientSpecific ||
    options.doctorSpecific ||
    options.clinicSpecific ||
    options.subject !== null ||
    options.encrypt ||
    options.complianceLevel !== 'standard'
  );
}
