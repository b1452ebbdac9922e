import { Inject, Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { DATABASE } from '../database/database.tokens.js';
import type { Database } from '../database/open-database.js';
import type { MedicalHistoriesTable } from '../database/schema.js';
import { SlowSource } from '../database/slow-source.js';
import type { HistoryQuery, NewAllergy } from './histories.schema.js';

type HistoryRow = Selectable<MedicalHistoriesTable>;

/** A patient's history; tests and images are there when they were asked for. */
export type MedicalHistory = Omit<HistoryRow, 'tests' | 'images'> &
  Partial<Pick<HistoryRow, 'tests' | 'images'>>;

/** Reads medical histories and adds to them. */
@Injectable()
export class HistoriesRepository {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly source: SlowSource,
  ) {}

  /**
   * The patient's history, or null. The range of days limits procedures, tests and images;
   * conditions and allergies hold until they are taken back, so they are always complete.
   */
  byPatient(patientId: string, wanted: Partial<HistoryQuery> = {}): Promise<MedicalHistory | null> {
    return this.source.read(async () => {
      const row = await this.db
        .selectFrom('medicalHistories')
        .selectAll()
        .where('patientId', '=', patientId)
        .executeTakeFirst();
      return row === undefined ? null : select(row, wanted);
    });
  }

  /** The history after adding the allergy, the version one higher; null when the patient has none. */
  async addAllergy(patientId: string, allergy: NewAllergy): Promise<MedicalHistory | null> {
    const row = await this.db
      .updateTable('medicalHistories')
      .set({
        // Appended by the database: two doctors adding at the same time both succeed.
        allergies: sql`allergies || ${JSON.stringify([allergy])}::jsonb`,
        version: sql`version + 1`,
        updatedAt: sql`now()`,
      })
      .where('patientId', '=', patientId)
      .returningAll()
      .executeTakeFirst();
    return row ?? null;
  }
}

function select(
  row: HistoryRow,
  {
    start = '',
    end = '9999-12-31',
    includeTests = false,
    includeImages = false,
  }: Partial<HistoryQuery>,
): MedicalHistory {
  const within = <T extends { readonly date: string }>(events: readonly T[]) =>
    // Days of this form sort as text.
    events.filter(({ date }) => date >= start && date <= end);
  const { tests, images, procedures, ...rest } = row;
  return {
    ...rest,
    procedures: within(procedures),
    ...(includeTests ? { tests: within(tests) } : {}),
    ...(includeImages ? { images: within(images) } : {}),
  };
}
