import { z } from 'zod';
import { day, idOf, line } from '../http/fields.js';

/** A prescription to write. */
export const newPrescription = z
  .strictObject({
    doctorId: idOf('doctor'),
    medication: line(120),
    dosage: line(80),
    prescribedOn: day,
    endsOn: day.nullable().default(null),
  })
  .refine(({ prescribedOn, endsOn }) => endsOn === null || endsOn >= prescribedOn, {
    path: ['endsOn'],
    message: 'must not be before prescribedOn',
  });

/** A prescription to write; without an end it holds until further notice. */
export type NewPrescription = z.infer<typeof newPrescription>;
