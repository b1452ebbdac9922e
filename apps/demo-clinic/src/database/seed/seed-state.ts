import type { DatabaseConfig } from '../database.config.js';
import type { Database } from '../open-database.js';

/** What the demo remembers of its seed. */
export interface SeedState {
  readonly state: 'running' | 'complete';
  readonly patients: number;
}

/** Whether a complete seed is there, of the size that the environment asked for if it did. */
export async function isSeeded(db: Database, config: DatabaseConfig): Promise<boolean> {
  const row = await db
    .selectFrom('demoMeta')
    .select('value')
    .where('name', '=', 'seed')
    .executeTakeFirst();
  if (row === undefined || row.value['state'] !== 'complete') return false;
  return !config.patientsRequested || row.value['patients'] === config.patients;
}

/** Records how far the seed is. */
export async function markSeed(db: Database, state: SeedState): Promise<void> {
  const value = JSON.stringify(state);
  await db
    .insertInto('demoMeta')
    .values({ name: 'seed', value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}
