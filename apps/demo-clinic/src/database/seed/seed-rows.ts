import type { Insertable } from 'kysely';
import type { Schema } from '../schema.js';

/** The tables that the seed fills, in the order in which foreign keys allow it. */
export const SEEDED_TABLES = [
  'clinics',
  'doctors',
  'doctorSchedules',
  'patients',
  'emergencyContacts',
  'patientRecords',
  'medicalHistories',
  'appointments',
  'prescriptions',
  'labResults',
] as const satisfies readonly (keyof Schema)[];

/** One of {@link SEEDED_TABLES}. */
export type SeededTable = (typeof SEEDED_TABLES)[number];

/** Rows to insert, by table; a table that is absent gets none. */
export type SeedRows = { [T in SeededTable]?: Insertable<Schema[T]>[] };
