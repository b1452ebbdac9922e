import { sql, type Insertable } from 'kysely';
import type { DatabaseConfig } from '../database.config.js';
import type { Database } from '../open-database.js';
import type { Schema } from '../schema.js';
import { organisationRows } from './organisation.seed.js';
import { patientRows } from './patient.seed.js';
import type { ISeedProgress } from './seed-progress.js';
import { isSeeded, markSeed } from './seed-state.js';
import { SEEDED_TABLES, type SeededTable, type SeedRows } from './seed-rows.js';

const PATIENTS_PER_TRANSACTION = 250;

/**
 * Fills the database with fictitious people.
 *
 * Whatever an interrupted or differently sized seed left is removed first; the mark of completeness
 * comes last, so that a seed that dies half-way starts again. Processes on one server take turns,
 * and the later ones find the work done.
 */
export async function seed(
  db: Database,
  config: DatabaseConfig,
  progress: ISeedProgress,
): Promise<void> {
  await db.connection().execute(async (session) => {
    await sql`select pg_advisory_lock(hashtext('demo-clinic-seed'))`.execute(session);
    try {
      if (await isSeeded(session, config)) return;
      await fill(session, config.patients, progress);
    } finally {
      await sql`select pg_advisory_unlock(hashtext('demo-clinic-seed'))`.execute(session);
    }
  });
}

async function fill(db: Database, patients: number, progress: ISeedProgress): Promise<void> {
  progress.start(patients);
  try {
    await markSeed(db, { state: 'running', patients });
    await sql`truncate ${sql.join(SEEDED_TABLES.map((table) => sql.table(table)))}`.execute(db);
    await insertAll(db, organisationRows());
    for (let first = 0; first < patients; first += PATIENTS_PER_TRANSACTION) {
      const end = Math.min(first + PATIENTS_PER_TRANSACTION, patients);
      await insertAll(db, patientRows(first, end));
      progress.advanceTo(end);
    }
    // Without statistics the first queries would be planned for empty tables.
    await sql`analyze`.execute(db);
    await markSeed(db, { state: 'complete', patients });
  } finally {
    progress.stop();
  }
}

async function insertAll(db: Database, rows: SeedRows): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    for (const table of SEEDED_TABLES) await insertInto(transaction, table, rows[table]);
  });
}

// A statement carries at most 65 535 values; 2 000 rows of our widest table stay below.
const ROWS_PER_STATEMENT = 2_000;

async function insertInto<T extends SeededTable>(
  db: Database,
  table: T,
  rows: Insertable<Schema[T]>[] = [],
): Promise<void> {
  for (let first = 0; first < rows.length; first += ROWS_PER_STATEMENT) {
    await db
      .insertInto(table)
      .values(rows.slice(first, first + ROWS_PER_STATEMENT))
      .execute();
  }
}
