import { z } from 'zod';
import { email, flag, idOf, limit, line, notEmpty, NOT_EMPTY, phone } from '../http/fields.js';

/** Parameters of the routes of one patient. */
export const patientParams = z.strictObject({ patientId: idOf('patient') });

/** Which patients are wanted. */
export const patientsQuery = z.strictObject({
  limit,
  cursor: idOf('patient').optional(),
  clinicId: idOf('clinic').optional(),
});

/** Which patients are wanted. */
export type PatientsQuery = z.infer<typeof patientsQuery>;

/** What a patient's records come with. */
export const recordsQuery = z.strictObject({
  clinicId: idOf('clinic').optional(),
  includeHistory: flag,
  includePrescriptions: flag,
  includeVitals: flag,
});

/** What a patient's records come with; an absent clinic means all. */
export type RecordsQuery = z.infer<typeof recordsQuery>;

/** What may be changed in a patient. */
export const patientPatch = z
  .strictObject({ givenName: line(80), familyName: line(80), phone, email })
  .partial()
  .refine(notEmpty, NOT_EMPTY);

/** The fields to change in a patient. */
export type PatientPatch = z.infer<typeof patientPatch>;
