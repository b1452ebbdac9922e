import { Inject, Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { DATABASE } from '../database/database.tokens.js';
import type { Database } from '../database/open-database.js';
import { toPage, type Page } from '../database/page.js';
import type { PatientsTable } from '../database/schema.js';
import { SlowSource } from '../database/slow-source.js';
import { HistoriesRepository, type MedicalHistory } from '../histories/histories.repository.js';
import {
  PrescriptionsRepository,
  type Prescription,
} from '../prescriptions/prescriptions.repository.js';
import { RecordsRepository, type PatientRecord } from '../records/records.repository.js';
import type { PatientPatch, PatientsQuery, RecordsQuery } from './patients.schema.js';

/** A patient. */
export type Patient = Selectable<PatientsTable>;

/** A patient's visits, with what else was asked for. */
export interface PatientRecords {
  readonly patientId: string;
  /** The latest visit first. */
  readonly records: readonly PatientRecord[];
  /** Only when asked for; null when the patient has none. */
  readonly history?: MedicalHistory | null;
  /** Only when asked for. */
  readonly prescriptions?: readonly Prescription[];
}

/** Reads, changes and deletes patients. */
@Injectable()
export class PatientsRepository {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly source: SlowSource,
    private readonly visits: RecordsRepository,
    private readonly histories: HistoriesRepository,
    private readonly prescriptions: PrescriptionsRepository,
  ) {}

  /** Patients by id, of one clinic if it is given. */
  list({ limit, cursor, clinicId }: PatientsQuery): Promise<Page<Patient>> {
    return this.source.read(async () => {
      const rows = await this.db
        .selectFrom('patients')
        .selectAll()
        .$if(cursor !== undefined, (query) => query.where('id', '>', cursor ?? ''))
        .$if(clinicId !== undefined, (query) => query.where('clinicId', '=', clinicId ?? ''))
        .orderBy('id')
        .limit(limit + 1)
        .execute();
      return toPage(rows, limit);
    });
  }

  /** The patient, or null. */
  findById(id: string): Promise<Patient | null> {
    return this.source.read(async () => {
      const row = await this.db
        .selectFrom('patients')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return row ?? null;
    });
  }

  /** The patient's visits, of one clinic if it is given, with what was asked for; null when there is no such patient. */
  async records(id: string, wanted: RecordsQuery): Promise<PatientRecords | null> {
    const [patient, records, history, prescriptions] = await Promise.all([
      this.findById(id),
      this.visits.byPatient(id, wanted),
      wanted.includeHistory
        ? this.histories.byPatient(id, { includeTests: true, includeImages: true })
        : undefined,
      wanted.includePrescriptions ? this.prescriptions.byPatient(id) : undefined,
    ]);
    if (patient === null) return null;
    return {
      patientId: id,
      records,
      ...(history === undefined ? {} : { history }),
      ...(prescriptions === undefined ? {} : { prescriptions }),
    };
  }

  /** The patient as after the change, the version one higher; null when there is none. */
  async update(id: string, patch: PatientPatch): Promise<Patient | null> {
    const row = await this.db
      .updateTable('patients')
      .set({ ...patch, version: sql`version + 1`, updatedAt: sql`now()` })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst();
    return row ?? null;
  }

  /** Removes the patient and all that belongs to them, at once or not at all; false when there was none. */
  async delete(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.db
      .deleteFrom('patients')
      .where('id', '=', id)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}
