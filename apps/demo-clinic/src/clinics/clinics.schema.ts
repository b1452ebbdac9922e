import { z } from 'zod';
import { idOf, line, notEmpty, NOT_EMPTY, phone } from '../http/fields.js';

/** Parameters of the routes of one clinic. */
export const clinicParams = z.strictObject({ clinicId: idOf('clinic') });

/** What may be changed in a clinic. */
export const clinicPatch = z
  .strictObject({ name: line(120), street: line(120), phone, openingHours: line(120) })
  .partial()
  .refine(notEmpty, NOT_EMPTY);

/** The fields to change in a clinic. */
export type ClinicPatch = z.infer<typeof clinicPatch>;
