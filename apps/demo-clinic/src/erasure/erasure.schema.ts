import { z } from 'zod';

import { line } from '../http/fields.js';

/** Why something is erased, or held. */
export const reasonBody = z.strictObject({ reason: line(200) });

/** Why something is erased, or held. */
export type ReasonBody = z.infer<typeof reasonBody>;
