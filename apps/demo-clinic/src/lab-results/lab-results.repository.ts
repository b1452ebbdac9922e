import { Inject, Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import { DATABASE } from '../database/database.tokens.js';
import type { Database } from '../database/open-database.js';
import { RowIds } from '../database/row-ids.js';
import type { LabResultsTable } from '../database/schema.js';
import { SlowSource } from '../database/slow-source.js';
import { translateWrite } from '../database/write-error.js';
import type { NewLabResult } from './lab-results.schema.js';

/** A laboratory result. */
export type LabResult = Selectable<LabResultsTable>;

/** Reads and adds laboratory results. */
@Injectable()
export class LabResultsRepository {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly source: SlowSource,
    private readonly ids: RowIds,
  ) {}

  /** A patient's results, the latest first; empty also when there is no such patient. */
  byPatient(patientId: string): Promise<LabResult[]> {
    return this.source.read(() =>
      this.db
        .selectFrom('labResults')
        .selectAll()
        .where('patientId', '=', patientId)
        .orderBy('takenAt', 'desc')
        .orderBy('id', 'desc')
        .execute(),
    );
  }

  /**
   * Adds a result.
   *
   * @throws WriteError `REFERENCE_UNKNOWN` when there is no such patient.
   */
  create(patientId: string, result: NewLabResult): Promise<LabResult> {
    return translateWrite(() =>
      this.db
        .insertInto('labResults')
        .values({ ...result, id: this.ids.next('lab-result'), patientId })
        .returningAll()
        .executeTakeFirstOrThrow(),
    );
  }
}
