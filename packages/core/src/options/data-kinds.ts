import type { CacheOptions } from './cache-options.js';

/** The kinds of data in a clinic that have options of their own. */
export type DataKind =
  | 'patient'
  | 'doctor'
  | 'clinic'
  | 'appointment'
  | 'prescription'
  | 'medicalHistory'
  | 'labResults'
  | 'emergency';

const OF_A_PATIENT = { containsPHI: true, patientSpecific: true } as const;

/** What each kind begins with; the times to live are the defaults of the `CACHE_*_TTL` variables. */
export const DATA_KIND_OPTIONS: Readonly<Record<DataKind, CacheOptions>> = {
  patient: { ...OF_A_PATIENT, ttl: 3_600 },
  doctor: { doctorSpecific: true, ttl: 7_200 },
  clinic: { clinicSpecific: true, ttl: 14_400 },
  appointment: { ...OF_A_PATIENT, ttl: 1_800 },
  prescription: { ...OF_A_PATIENT, ttl: 1_800 },
  medicalHistory: { ...OF_A_PATIENT, ttl: 7_200 },
  labResults: { ...OF_A_PATIENT, ttl: 3_600 },
  emergency: { ...OF_A_PATIENT, emergencyData: true, priority: 'critical', ttl: 300 },
};
