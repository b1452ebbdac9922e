import { Migrator, type Migration } from 'kysely';
import type { Database } from '../open-database.js';
import { organisation } from './0001-organisation.js';
import { patients } from './0002-patients.js';
import { care } from './0003-care.js';

// Names are recorded in the database and run in their alphabetical order: never rename one.
const MIGRATIONS: Record<string, Migration> = {
  '0001-organisation': organisation,
  '0002-patients': patients,
  '0003-care': care,
};

/** Brings the schema up to date, all or nothing; two processes on one server take turns. */
export async function migrate(db: Database): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(MIGRATIONS) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error instanceof Error) throw error;
  if (error !== undefined) throw new Error('The migration failed', { cause: error });
}
