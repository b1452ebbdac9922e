import { z } from 'zod';
import { instant, line } from '../http/fields.js';

const amount = z.number('must be a number');

/** A laboratory result to add. */
export const newLabResult = z
  .strictObject({
    test: line(80),
    value: amount,
    unit: line(20),
    referenceLow: amount,
    referenceHigh: amount,
    takenAt: instant,
  })
  .refine(({ referenceLow, referenceHigh }) => referenceLow <= referenceHigh, {
    path: ['referenceHigh'],
    message: 'must not be below referenceLow',
  });

/** A laboratory result to add. */
export type NewLabResult = z.infer<typeof newLabResult>;
