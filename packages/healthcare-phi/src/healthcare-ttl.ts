import { CacheError, type EnvironmentReader } from '@vitalcache/core';

const MAX_SECONDS = 366 * 86_400;

/** Seconds to live by kind of data, unless a call says otherwise: their variables and what holds without them. */
const KINDS = {
  patientRecords: ['CACHE_PATIENT_RECORDS_TTL', 3_600],
  appointments: ['CACHE_APPOINTMENTS_TTL', 1_800],
  doctorProfiles: ['CACHE_DOCTOR_PROFILES_TTL', 7_200],
  clinicData: ['CACHE_CLINIC_DATA_TTL', 14_400],
  medicalHistory: ['CACHE_MEDICAL_HISTORY_TTL', 7_200],
  prescriptions: ['CACHE_PRESCRIPTIONS_TTL', 1_800],
  labResults: ['CACHE_LAB_RESULTS_TTL', 3_600],
  emergencyData: ['CACHE_EMERGENCY_DATA_TTL', 300],
} as const satisfies Readonly<Record<string, readonly [string, number]>>;

export type HealthcareTtlName = keyof typeof KINDS;

/** Seconds to live of each kind of data. */
export type HealthcareTtls = Readonly<Record<HealthcareTtlName, number>>;

const NAMES = Object.keys(KINDS) as readonly HealthcareTtlName[];

/** Those that variables say. */
export function readTtls(reader: EnvironmentReader): Partial<HealthcareTtls> {
  const read = NAMES.map((name) => [name, reader.integer(KINDS[name][0], 0, MAX_SECONDS)] as const);
  return Object.fromEntries(read.filter(([, seconds]) => seconds !== undefined));
}

/** @throws CacheError `CONFIG_INVALID` for what is not whole seconds, or no kind */
export function completeTtls(given: Partial<HealthcareTtls>): HealthcareTtls {
  for (const [name, seconds] of Object.entries(given)) {
    const isOne = (NAMES as readonly string[]).includes(name);
    if (isOne && Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_SECONDS) continue;
    throw new CacheError(
      'CONFIG_INVALID',
      `ttl takes whole seconds up to ${MAX_SECONDS} for ${NAMES.join(', ')}; ${name} is ${String(seconds)}.`,
    );
  }
  const defaults = Object.fromEntries(NAMES.map((name) => [name, KINDS[name][1]]));
  return { ...defaults, ...given } as HealthcareTtls;
}
