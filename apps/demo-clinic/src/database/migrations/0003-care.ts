import { sql, type Kysely, type Migration } from 'kysely';
import { APPOINTMENT_STATUSES } from '../../appointments/appointment-status.js';

/** Appointments, prescriptions and laboratory results. */
export const care: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const statuses = sql.join(APPOINTMENT_STATUSES.map((status) => sql.lit(status)));
    await db.schema
      .createTable('appointments')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('patient_id', 'text', (column) =>
        column.notNull().references('patients.id').onDelete('cascade'),
      )
      .addColumn('doctor_id', 'text', (column) => column.notNull().references('doctors.id'))
      .addColumn('clinic_id', 'text', (column) => column.notNull().references('clinics.id'))
      .addColumn('starts_at', 'timestamptz', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull().check(sql`status in (${statuses})`))
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull().defaultTo(1))
      .addColumn('updated_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .execute();
    await db.schema
      .createIndex('appointments_by_patient')
      .on('appointments')
      .columns(['patient_id', 'starts_at', 'id'])
      .execute();
    await db.schema
      .createIndex('appointments_by_clinic')
      .on('appointments')
      .columns(['clinic_id', 'starts_at', 'id'])
      .execute();
    // The database, not the application, decides who of two gets the last free slot.
    await db.schema
      .createIndex('appointments_one_per_slot')
      .unique()
      .on('appointments')
      .columns(['doctor_id', 'starts_at'])
      .where(sql.ref('status'), '<>', sql.lit('cancelled'))
      .execute();

    await db.schema
      .createTable('prescriptions')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('patient_id', 'text', (column) =>
        column.notNull().references('patients.id').onDelete('cascade'),
      )
      .addColumn('doctor_id', 'text', (column) => column.notNull().references('doctors.id'))
      .addColumn('medication', 'text', (column) => column.notNull())
      .addColumn('dosage', 'text', (column) => column.notNull())
      .addColumn('prescribed_on', 'date', (column) => column.notNull())
      .addColumn('ends_on', 'date')
      .execute();
    await db.schema
      .createIndex('prescriptions_by_patient')
      .on('prescriptions')
      .columns(['patient_id', 'prescribed_on', 'id'])
      .execute();

    await db.schema
      .createTable('lab_results')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('patient_id', 'text', (column) =>
        column.notNull().references('patients.id').onDelete('cascade'),
      )
      .addColumn('test', 'text', (column) => column.notNull())
      .addColumn('value', 'float8', (column) => column.notNull())
      .addColumn('unit', 'text', (column) => column.notNull())
      .addColumn('reference_low', 'float8', (column) => column.notNull())
      .addColumn('reference_high', 'float8', (column) => column.notNull())
      .addColumn('taken_at', 'timestamptz', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('lab_results_by_patient')
      .on('lab_results')
      .columns(['patient_id', 'taken_at', 'id'])
      .execute();
  },
};
