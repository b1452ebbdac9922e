import { z } from 'zod';
import { day, email, idOf, limit, line, notEmpty, NOT_EMPTY, phone, text } from '../http/fields.js';

/** Parameters of the routes of one doctor. */
export const doctorParams = z.strictObject({ doctorId: idOf('doctor') });

/** Parameters of a doctor's schedule. */
export const scheduleParams = z.strictObject({ doctorId: idOf('doctor'), date: day });

/** Which doctors are wanted. */
export const doctorsQuery = z.strictObject({
  limit,
  cursor: idOf('doctor').optional(),
  clinicId: idOf('clinic').optional(),
});

/** Which doctors are wanted. */
export type DoctorsQuery = z.infer<typeof doctorsQuery>;

/** What may be changed in a doctor's profile. */
export const doctorPatch = z
  .strictObject({ specialty: line(80), phone, email, profile: text(1_000) })
  .partial()
  .refine(notEmpty, NOT_EMPTY);

/** The fields to change in a doctor's profile. */
export type DoctorPatch = z.infer<typeof doctorPatch>;
