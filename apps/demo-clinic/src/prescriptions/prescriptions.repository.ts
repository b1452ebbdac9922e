import { Inject, Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import { DATABASE } from '../database/database.tokens.js';
import type { Database } from '../database/open-database.js';
import { RowIds } from '../database/row-ids.js';
import type { PrescriptionsTable } from '../database/schema.js';
import { SlowSource } from '../database/slow-source.js';
import { translateWrite } from '../database/write-error.js';
import type { NewPrescription } from './prescriptions.schema.js';

/** A prescription. */
export type Prescription = Selectable<PrescriptionsTable>;

/** Reads and writes prescriptions. */
@Injectable()
export class PrescriptionsRepository {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly source: SlowSource,
    private readonly ids: RowIds,
  ) {}

  /** A patient's prescriptions, the latest first; empty also when there is no such patient. */
  byPatient(patientId: string): Promise<Prescription[]> {
    return this.source.read(() =>
      this.db
        .selectFrom('prescriptions')
        .selectAll()
        .where('patientId', '=', patientId)
        .orderBy('prescribedOn', 'desc')
        .orderBy('id', 'desc')
        .execute(),
    );
  }

  /**
   * Writes a prescription.
   *
   * @throws WriteError `REFERENCE_UNKNOWN` when there is no such patient or doctor.
   */
  create(patientId: string, prescription: NewPrescription): Promise<Prescription> {
    return translateWrite(() =>
      this.db
        .insertInto('prescriptions')
        .values({ ...prescription, id: this.ids.next('prescription'), patientId })
        .returningAll()
        .executeTakeFirstOrThrow(),
    );
  }
}
