import { sql, type Kysely, type Migration } from 'kysely';

/** Patients, who to call for them, their visits and their history. */
export const patients: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('patients')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('clinic_id', 'text', (column) => column.notNull().references('clinics.id'))
      .addColumn('record_number', 'text', (column) =>
        // A demo must not be mistaken for, or turned into, a store of real people.
        column
          .notNull()
          .unique()
          .check(sql`record_number like 'TEST-%'`),
      )
      .addColumn('given_name', 'text', (column) => column.notNull())
      .addColumn('family_name', 'text', (column) => column.notNull())
      .addColumn('birth_date', 'date', (column) => column.notNull())
      .addColumn('phone', 'text', (column) => column.notNull())
      .addColumn('email', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull().defaultTo(1))
      .addColumn('updated_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .execute();
    await db.schema
      .createIndex('patients_by_clinic')
      .on('patients')
      .columns(['clinic_id', 'id'])
      .execute();

    await db.schema
      .createTable('emergency_contacts')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('patient_id', 'text', (column) =>
        column.notNull().references('patients.id').onDelete('cascade'),
      )
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('relationship', 'text', (column) => column.notNull())
      .addColumn('phone', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('emergency_contacts_by_patient')
      .on('emergency_contacts')
      .columns(['patient_id', 'id'])
      .execute();

    await db.schema
      .createTable('patient_records')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('patient_id', 'text', (column) =>
        column.notNull().references('patients.id').onDelete('cascade'),
      )
      .addColumn('clinic_id', 'text', (column) => column.notNull().references('clinics.id'))
      .addColumn('doctor_id', 'text', (column) => column.notNull().references('doctors.id'))
      .addColumn('visited_at', 'timestamptz', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('vitals', 'jsonb', (column) => column.notNull())
      .addColumn('notes', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('patient_records_by_patient')
      .on('patient_records')
      .columns(['patient_id', 'visited_at', 'id'])
      .execute();

    await db.schema
      .createTable('medical_histories')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('patient_id', 'text', (column) =>
        column.notNull().unique().references('patients.id').onDelete('cascade'),
      )
      .addColumn('conditions', 'jsonb', (column) => column.notNull())
      .addColumn('allergies', 'jsonb', (column) => column.notNull())
      .addColumn('procedures', 'jsonb', (column) => column.notNull())
      .addColumn('tests', 'jsonb', (column) => column.notNull())
      .addColumn('images', 'jsonb', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull().defaultTo(1))
      .addColumn('updated_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .execute();
  },
};
