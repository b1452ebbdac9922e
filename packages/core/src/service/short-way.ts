import type { CacheOptions } from '../options/cache-options.js';

/**
 * Whether a fresh entry that this process holds answers a call with these options whatever else they say: nothing in
 * them asks for more than that. Looked at as they were written, because resolving them costs more than the hit.
 */
export function takesShortWay(options: CacheOptions): boolean {
  if (typeof options !== 'object' || (options as unknown) === null) return false;
  return !(
    options.forceRefresh ||
    options.consistency === 'strong' ||
    options.after !== undefined ||
    options.serializer !== undefined ||
    options.project !== undefined ||
    isOrLooksZero(options.ttl) ||
    options.containsPHI ||
    options.emergencyData ||
    options.patientSpecific ||
    options.doctorSpecific ||
    options.clinicSpecific ||
    options.subject !== undefined ||
    options.encrypt ||
    options.labels ||
    (options.complianceLevel !== undefined && options.complianceLevel !== 'standard')
  );
}

/** `ttl: 0` is no cache; a text that may mean it takes the long way. */
function isOrLooksZero(ttl: CacheOptions['ttl']): boolean {
  return ttl === 0 || (typeof ttl === 'string' && ttl.charCodeAt(0) === 48);
}
