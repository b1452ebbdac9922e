import type { EnvironmentReader } from './environment.reader.js';

/** 366 days: longer is a mistake of units. */
export const MAX_TTL_SECONDS = 366 * 86_400;

/** Reads a variable and notes in the reader what is wrong with it; `undefined`: not set, or wrong. */
type Check = (reader: EnvironmentReader, name: string) => unknown;

const integer =
  (min: number, max: number): Check =>
  (reader, name) =>
    reader.integer(name, min, max);
const seconds = integer(0, MAX_TTL_SECONDS);
const flag: Check = (reader, name) => reader.boolean(name);
const text: Check = (reader, name) => reader.string(name);
const secret: Check = (reader, name) => reader.secret(name);
const secretUrl: Check = (reader, name) => {
  const url = reader.secret(name);
  return url === undefined || URL.canParse(url) ? url : reader.reject(name, 'a URL');
};

/** Variables that do something once a plugin for protected data reads them. */
const OF_HEALTHCARE: Readonly<Record<string, Check>> = {
  CACHE_PATIENT_RECORDS_TTL: seconds,
  CACHE_APPOINTMENTS_TTL: seconds,
  CACHE_DOCTOR_PROFILES_TTL: seconds,
  CACHE_CLINIC_DATA_TTL: seconds,
  CACHE_MEDICAL_HISTORY_TTL: seconds,
  CACHE_PRESCRIPTIONS_TTL: seconds,
  CACHE_LAB_RESULTS_TTL: seconds,
  CACHE_EMERGENCY_DATA_TTL: seconds,
  CACHE_ENCRYPTION_ENABLED: flag,
  CACHE_AUDIT_LOGGING_ENABLED: flag,
  CACHE_KEYRING: secret,
  CACHE_KEY_STORE_URL: secretUrl,
  CACHE_AUDIT_FILE: text,
};

/** Checks the variables that nothing reads without a plugin for protected data; returns the names of those that are set. */
export function readVariablesOfHealthcare(reader: EnvironmentReader): readonly string[] {
  const checks = Object.entries(OF_HEALTHCARE);
  return checks.flatMap(([name, check]) => (check(reader, name) === undefined ? [] : [name]));
}

/** Checked by what serves them over HTTP. */
const OF_ADMINISTRATION = ['CACHE_ADMIN_TOKEN', 'CACHE_ADMIN_READ_TOKEN'];

/** Lets nobody call a variable unknown that only another package of ours reads. */
export function knowVariablesOfOthers(reader: EnvironmentReader): void {
  for (const name of OF_ADMINISTRATION) {
    reader.string(name);
    reader.string(`${name}_FILE`);
  }
}
