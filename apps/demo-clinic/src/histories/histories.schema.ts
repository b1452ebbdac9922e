import { z } from 'zod';
import { day, flag, line } from '../http/fields.js';

/** Which part of a history is wanted; both days belong to the range. */
export const historyQuery = z
  .strictObject({
    start: day.optional(),
    end: day.optional(),
    includeTests: flag,
    includeImages: flag,
  })
  .refine(({ start, end }) => start === undefined || end === undefined || start <= end, {
    path: ['end'],
    message: 'must not be before start',
  });

/** Which part of a history is wanted; an absent day leaves that side open. */
export type HistoryQuery = z.infer<typeof historyQuery>;

/** An allergy to add to a history. */
export const newAllergy = z.strictObject({
  substance: line(80),
  reaction: line(160),
  severity: z.enum(['mild', 'moderate', 'severe'], 'must be mild, moderate or severe'),
});

/** An allergy to add to a history. */
export type NewAllergy = z.infer<typeof newAllergy>;
