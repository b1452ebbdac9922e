import { z } from 'zod';
import { idOf, instant, line, text } from '../http/fields.js';

const measured = (min: number, max: number) =>
  z
    .number(`must be a number from ${min} to ${max}`)
    .min(min, `must be from ${min} to ${max}`)
    .max(max, `must be from ${min} to ${max}`);

/** A visit to add to a patient's records. */
export const newRecord = z.strictObject({
  doctorId: idOf('doctor'),
  visitedAt: instant,
  reason: line(160),
  vitals: z.strictObject({
    heartRatePerMinute: measured(20, 300),
    systolicMmHg: measured(40, 300),
    diastolicMmHg: measured(20, 200),
    temperatureCelsius: measured(25, 45),
    weightKg: measured(0.3, 500),
  }),
  notes: text(4_000),
});

/** A visit to add to a patient's records. */
export type NewRecord = z.infer<typeof newRecord>;
