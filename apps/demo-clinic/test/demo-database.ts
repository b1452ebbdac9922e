import { Test, type TestingModule } from '@nestjs/testing';
import { DatabaseModule } from '../src/database/database.module.js';
import { silentProgress } from '../src/database/seed/seed-progress.js';

/** A small demo database in memory with all repositories; close it at the end. */
export function startDemoDatabase(patients = 24): Promise<TestingModule> {
  const env = {
    DEMO_DATA_DIR: 'memory:',
    DEMO_PATIENTS: String(patients),
    DEMO_QUERY_DELAY_MS: '0',
  };
  return Test.createTestingModule({
    imports: [DatabaseModule.forRoot(env, silentProgress)],
  }).compile();
}
