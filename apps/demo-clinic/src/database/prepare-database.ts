import type { DatabaseConfig } from './database.config.js';
import { migrate } from './migrations/migrate.js';
import { openDatabase, type OpenDatabase } from './open-database.js';
import { isSeeded } from './seed/seed-state.js';
import { terminalProgress, type ISeedProgress } from './seed/seed-progress.js';

/**
 * Opens, migrates and seeds; each step does only what is missing. On failure nothing stays open.
 *
 * @throws StartError when the folder or server can't be used.
 */
export async function prepareDatabase(
  config: DatabaseConfig,
  progress: ISeedProgress = terminalProgress(),
): Promise<OpenDatabase> {
  const database = await openDatabase(config.target);
  try {
    await migrate(database.db);
    if (!(await isSeeded(database.db, config))) {
      // Loaded on demand: the name lists cost every later start time and memory for nothing.
      const { seed } = await import('./seed/seed.js');
      await seed(database.db, config, progress);
    }
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
