import { sql, type Kysely, type Migration } from 'kysely';

/** Clinics, doctors and their schedules, and the demo's own meta table. */
export const organisation: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('clinics')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('street', 'text', (column) => column.notNull())
      .addColumn('city', 'text', (column) => column.notNull())
      .addColumn('phone', 'text', (column) => column.notNull())
      .addColumn('opening_hours', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull().defaultTo(1))
      .addColumn('updated_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .execute();

    await db.schema
      .createTable('doctors')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('clinic_id', 'text', (column) => column.notNull().references('clinics.id'))
      .addColumn('given_name', 'text', (column) => column.notNull())
      .addColumn('family_name', 'text', (column) => column.notNull())
      .addColumn('specialty', 'text', (column) => column.notNull())
      .addColumn('phone', 'text', (column) => column.notNull())
      .addColumn('email', 'text', (column) => column.notNull())
      .addColumn('profile', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull().defaultTo(1))
      .addColumn('updated_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .execute();
    await db.schema
      .createIndex('doctors_by_clinic')
      .on('doctors')
      .columns(['clinic_id', 'id'])
      .execute();

    await db.schema
      .createTable('doctor_schedules')
      .addColumn('doctor_id', 'text', (column) => column.notNull().references('doctors.id'))
      .addColumn('date', 'date', (column) => column.notNull())
      .addColumn('slots', 'jsonb', (column) => column.notNull())
      .addPrimaryKeyConstraint('doctor_schedules_pkey', ['doctor_id', 'date'])
      .execute();

    await db.schema
      .createTable('demo_meta')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'jsonb', (column) => column.notNull())
      .execute();
  },
};
