import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** Makes the ids of rows written at run time: a name for the kind, then something that nobody can guess. */
@Injectable()
export class RowIds {
  /** A new id, such as `appointment-0b8e5a0e-…`. */
  next(kind: 'record' | 'appointment' | 'prescription' | 'lab-result'): string {
    return `${kind}-${randomUUID()}`;
  }
}
