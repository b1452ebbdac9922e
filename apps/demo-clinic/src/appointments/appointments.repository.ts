import { Inject, Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { DATABASE } from '../database/database.tokens.js';
import type { Database } from '../database/open-database.js';
import { RowIds } from '../database/row-ids.js';
import type { AppointmentsTable } from '../database/schema.js';
import { SlowSource } from '../database/slow-source.js';
import { translateWrite } from '../database/write-error.js';
import { APPOINTMENT_STATUSES, type AppointmentStatus } from './appointment-status.js';
import type { NewAppointment } from './appointments.schema.js';
import { requireSlot } from './require-slot.js';

/** An appointment. */
export type Appointment = Selectable<AppointmentsTable>;

/** Numbers of appointments. */
export type DayCounts = Readonly<Record<AppointmentStatus, number>>;

/** Reads, books and changes appointments. Two bookings of one slot never both succeed. */
@Injectable()
export class AppointmentsRepository {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly source: SlowSource,
    private readonly ids: RowIds,
  ) {}

  /** The appointment, or null. */
  findById(id: string): Promise<Appointment | null> {
    return this.source.read(async () => {
      const row = await this.db
        .selectFrom('appointments')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return row ?? null;
    });
  }

  /** A patient's appointments, the earliest first; empty also when there is no such patient. */
  byPatient(patientId: string): Promise<Appointment[]> {
    return this.source.read(() =>
      this.db
        .selectFrom('appointments')
        .selectAll()
        .where('patientId', '=', patientId)
        .orderBy('startsAt')
        .orderBy('id')
        .execute(),
    );
  }

  /** A clinic's appointments on a day (`YYYY-MM-DD`), the earliest first. */
  byClinicAndDate(clinicId: string, date: string): Promise<Appointment[]> {
    return this.source.read(() =>
      this.db
        .selectFrom('appointments')
        .selectAll()
        .where('clinicId', '=', clinicId)
        .where('startsAt', '>=', `${date}T00:00:00Z`)
        .where('startsAt', '<=', `${date}T23:59:59.999Z`)
        .orderBy('startsAt')
        .orderBy('id')
        .execute(),
    );
  }

  /** How many of a clinic's appointments of a day there are, by what became of them. */
  async countByStatus(clinicId: string, date: string): Promise<DayCounts> {
    const appointments = await this.byClinicAndDate(clinicId, date);
    const count = (wanted: AppointmentStatus): number =>
      appointments.filter(({ status }) => status === wanted).length;
    return Object.fromEntries(
      APPOINTMENT_STATUSES.map((status) => [status, count(status)]),
    ) as DayCounts;
  }

  /**
   * Books a free slot of the doctor.
   *
   * @throws WriteError `SLOT_TAKEN`, `SLOT_UNKNOWN` or `REFERENCE_UNKNOWN`.
   */
  create(appointment: NewAppointment): Promise<Appointment> {
    return this.write(async (db) => {
      const { clinicId } = await requireSlot(db, appointment.doctorId, appointment.startsAt);
      return db
        .insertInto('appointments')
        .values({ ...appointment, id: this.ids.next('appointment'), clinicId, status: 'booked' })
        .returningAll()
        .executeTakeFirstOrThrow();
    });
  }

  /**
   * The appointment after the change, the version one higher; null when there is none.
   *
   * @throws WriteError `SLOT_TAKEN` when a cancelled appointment is booked again too late.
   */
  setStatus(id: string, status: AppointmentStatus): Promise<Appointment | null> {
    return this.write((db) => change(db, id, { status }));
  }

  /**
   * The appointment at its new time, the version one higher; null when there is none.
   *
   * @throws WriteError `SLOT_TAKEN` or `SLOT_UNKNOWN`.
   */
  reschedule(id: string, startsAt: string): Promise<Appointment | null> {
    return this.write(async (db) => {
      const found = await db
        .selectFrom('appointments')
        .select('doctorId')
        .where('id', '=', id)
        .executeTakeFirst();
      if (found === undefined) return null;
      await requireSlot(db, found.doctorId, startsAt);
      return change(db, id, { startsAt });
    });
  }

  private write<T>(work: (db: Database) => Promise<T>): Promise<T> {
    return translateWrite(() => this.db.transaction().execute(work));
  }
}

async function change(
  db: Database,
  id: string,
  patch: { status: AppointmentStatus } | { startsAt: string },
): Promise<Appointment | null> {
  const row = await db
    .updateTable('appointments')
    .set({ ...patch, version: sql`version + 1`, updatedAt: sql`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}
