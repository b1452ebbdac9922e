import { Inject, Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { DATABASE } from '../database/database.tokens.js';
import type { Database } from '../database/open-database.js';
import { toPage, type Page } from '../database/page.js';
import type { DoctorsTable } from '../database/schema.js';
import { SlowSource } from '../database/slow-source.js';
import { doctorSchedule, type DoctorSchedule } from './doctor-schedule.js';
import type { DoctorPatch, DoctorsQuery } from './doctors.schema.js';

/** A doctor. */
export type Doctor = Selectable<DoctorsTable>;

/** Reads and changes doctors and reads their schedules. */
@Injectable()
export class DoctorsRepository {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly source: SlowSource,
  ) {}

  /** Doctors by id, of one clinic if it is given. */
  list({ limit, cursor, clinicId }: DoctorsQuery): Promise<Page<Doctor>> {
    return this.source.read(async () => {
      const rows = await this.db
        .selectFrom('doctors')
        .selectAll()
        .$if(cursor !== undefined, (query) => query.where('id', '>', cursor ?? ''))
        .$if(clinicId !== undefined, (query) => query.where('clinicId', '=', clinicId ?? ''))
        .orderBy('id')
        .limit(limit + 1)
        .execute();
      return toPage(rows, limit);
    });
  }

  /** The doctor, or null. */
  findById(id: string): Promise<Doctor | null> {
    return this.source.read(async () => {
      const row = await this.db
        .selectFrom('doctors')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return row ?? null;
    });
  }

  /** The doctor's slots on a day (`YYYY-MM-DD`) and which are free; null when there is no such doctor. */
  schedule(id: string, date: string): Promise<DoctorSchedule | null> {
    return this.source.read(async () => {
      const row = await this.db
        .selectFrom('doctors')
        .leftJoin('doctorSchedules', (join) =>
          join
            .onRef('doctorSchedules.doctorId', '=', 'doctors.id')
            .on('doctorSchedules.date', '=', date),
        )
        .select('doctorSchedules.slots')
        .where('doctors.id', '=', id)
        .executeTakeFirst();
      if (row === undefined) return null;
      return doctorSchedule(id, date, row.slots ?? [], await this.takenStarts(id, date));
    });
  }

  /** The doctor as after the change, the version one higher; null when there is none. */
  async update(id: string, patch: DoctorPatch): Promise<Doctor | null> {
    const row = await this.db
      .updateTable('doctors')
      .set({ ...patch, version: sql`version + 1`, updatedAt: sql`now()` })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst();
    return row ?? null;
  }

  private async takenStarts(doctorId: string, date: string): Promise<string[]> {
    const rows = await this.db
      .selectFrom('appointments')
      .select('startsAt')
      .where('doctorId', '=', doctorId)
      .where('status', '<>', 'cancelled')
      .where('startsAt', '>=', `${date}T00:00:00Z`)
      .where('startsAt', '<=', `${date}T23:59:59.999Z`)
      .execute();
    return rows.map(({ startsAt }) => startsAt);
  }
}
