import { Inject, Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { DATABASE } from '../database/database.tokens.js';
import type { Database } from '../database/open-database.js';
import type { ClinicsTable, DoctorsTable } from '../database/schema.js';
import { SlowSource } from '../database/slow-source.js';
import type { ClinicPatch } from './clinics.schema.js';

/** A clinic. */
export type Clinic = Selectable<ClinicsTable>;

/** Reads and changes clinics. */
@Injectable()
export class ClinicsRepository {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly source: SlowSource,
  ) {}

  /** All clinics by id; there are few. */
  list(): Promise<Clinic[]> {
    return this.source.read(() =>
      this.db.selectFrom('clinics').selectAll().orderBy('id').execute(),
    );
  }

  /** The clinic, or null. */
  findById(id: string): Promise<Clinic | null> {
    return this.source.read(async () => {
      const row = await this.db
        .selectFrom('clinics')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return row ?? null;
    });
  }

  /** The doctors of a clinic by id; empty also when there is no such clinic. */
  doctors(clinicId: string): Promise<Selectable<DoctorsTable>[]> {
    return this.source.read(() =>
      this.db
        .selectFrom('doctors')
        .selectAll()
        .where('clinicId', '=', clinicId)
        .orderBy('id')
        .execute(),
    );
  }

  /** The clinic as it is after the change, its version one higher; null when there is none. */
  async update(id: string, patch: ClinicPatch): Promise<Clinic | null> {
    const row = await this.db
      .updateTable('clinics')
      .set({ ...patch, version: sql`version + 1`, updatedAt: sql`now()` })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst();
    return row ?? null;
  }
}
