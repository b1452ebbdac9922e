import { BadRequestException, Injectable, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { fieldProblems, problemOf } from './problem.js';

/**
 * Checks a body, query or parameter against a schema and hands on what the schema makes of it.
 *
 * @example `@Body(new ZodPipe(patientPatch)) patch: PatientPatch`
 */
@Injectable()
export class ZodPipe<T> implements PipeTransform<unknown, T> {
  constructor(private readonly schema: z.ZodType<T>) {}

  /** @throws BadRequestException with a `Problem` body that names every field at fault. */
  transform(value: unknown): T {
    // Without a body or query some adapters hand over undefined: the same as one without fields.
    const result = this.schema.safeParse(value ?? {});
    if (result.success) return result.data;
    throw new BadRequestException(
      problemOf(400, 'Bad Request', fieldProblems(result.error.issues)),
    );
  }
}
