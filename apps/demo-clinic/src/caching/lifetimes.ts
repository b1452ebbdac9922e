/**
 * How long what is read through `@Cache()` is served, in seconds, and from which age it is refreshed behind the reader's
 * back. The healthcare methods have their own: records an hour, appointments and prescriptions half an hour, doctors and
 * histories two, clinics four, emergency data five minutes (`CACHE_PATIENT_RECORDS_TTL` and its siblings).
 */
export const LIFETIMES = {
  /** True only at the moment: not kept at all. */
  realTime: { ttl: 0 },
  /** Records of patients: an hour. */
  patient: { ttl: 3_600, staleTime: 30 },
  appointments: { ttl: 1_800, staleTime: 60 },
  /** Changes often: 5 to 15 minutes. */
  list: { ttl: 600, staleTime: 60 },
  /** Changes now and then: 30 to 60 minutes. */
  semiStatic: { ttl: 3_600, staleTime: 300 },
  /** Hardly ever changes: a day. */
  clinics: { ttl: 86_400, staleTime: 3_600 },
} as const;
