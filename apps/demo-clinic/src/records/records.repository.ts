import { Inject, Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import { DATABASE } from '../database/database.tokens.js';
import type { Database } from '../database/open-database.js';
import { RowIds } from '../database/row-ids.js';
import type { PatientRecordsTable } from '../database/schema.js';
import { SlowSource } from '../database/slow-source.js';
import { translateWrite, WriteError } from '../database/write-error.js';
import type { NewRecord } from './records.schema.js';

/** A visit; the vitals are there when they were asked for. */
export type PatientRecord = Omit<Selectable<PatientRecordsTable>, 'vitals'> &
  Partial<Pick<Selectable<PatientRecordsTable>, 'vitals'>>;

/** Which visits are wanted. */
export interface RecordsFilter {
  /** Absent: of all clinics. */
  readonly clinicId?: string | undefined;
  readonly includeVitals?: boolean;
}

const COLUMNS = [
  'id',
  'patientId',
  'clinicId',
  'doctorId',
  'visitedAt',
  'reason',
  'notes',
] as const;

/** Reads and adds visits. */
@Injectable()
export class RecordsRepository {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly source: SlowSource,
    private readonly ids: RowIds,
  ) {}

  /** A patient's visits, the latest first; empty also when there is no such patient. */
  byPatient(
    patientId: string,
    { clinicId, includeVitals = false }: RecordsFilter = {},
  ): Promise<PatientRecord[]> {
    return this.source.read(() =>
      this.db
        .selectFrom('patientRecords')
        .select(COLUMNS)
        .$if(includeVitals, (query) => query.select('vitals'))
        .where('patientId', '=', patientId)
        .$if(clinicId !== undefined, (query) => query.where('clinicId', '=', clinicId ?? ''))
        .orderBy('visitedAt', 'desc')
        .orderBy('id', 'desc')
        .execute(),
    );
  }

  /** The visit with its vitals, or null. */
  findById(id: string): Promise<PatientRecord | null> {
    return this.source.read(async () => {
      const row = await this.db
        .selectFrom('patientRecords')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return row ?? null;
    });
  }

  /**
   * Adds a visit, at the clinic of its doctor.
   *
   * @throws WriteError `REFERENCE_UNKNOWN` when there is no such patient or doctor.
   */
  create(patientId: string, { vitals, ...visit }: NewRecord): Promise<PatientRecord> {
    return translateWrite(async () => {
      const doctor = await this.db
        .selectFrom('doctors')
        .select('clinicId')
        .where('id', '=', visit.doctorId)
        .executeTakeFirst();
      if (doctor === undefined)
        throw new WriteError('REFERENCE_UNKNOWN', 'doctorId', 'is not known');
      return this.db
        .insertInto('patientRecords')
        .values({
          ...visit,
          id: this.ids.next('record'),
          patientId,
          clinicId: doctor.clinicId,
          vitals: JSON.stringify(vitals),
        })
        .returningAll()
        .executeTakeFirstOrThrow();
    });
  }
}
