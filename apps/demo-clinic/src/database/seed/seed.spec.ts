import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { DatabaseConfig } from '../database.config.js';
import { migrate } from '../migrations/migrate.js';
import { openDatabase, type Database, type OpenDatabase } from '../open-database.js';
import { organisationRows } from './organisation.seed.js';
import { patientRows } from './patient.seed.js';
import { seed } from './seed.js';
import { silentProgress } from './seed-progress.js';
import { SEEDED_TABLES } from './seed-rows.js';
import { isSeeded } from './seed-state.js';

const config = (patients: number, patientsRequested = true): DatabaseConfig => ({
  target: { kind: 'memory' },
  patients,
  patientsRequested,
  queryDelayMs: 0,
});

async function contentHash(db: Database): Promise<string> {
  const hash = createHash('sha256');
  for (const table of SEEDED_TABLES) {
    const { rows } = await sql`select * from ${sql.table(table)} as t order by t::text`.execute(db);
    hash.update(JSON.stringify(rows));
  }
  return hash.digest('hex');
}

async function patientCount(db: Database): Promise<number> {
  return (await db.selectFrom('patients').select('id').execute()).length;
}

describe('generated rows', () => {
  it('are the same at every run', () => {
    expect(JSON.stringify([organisationRows(), patientRows(0, 40)])).toBe(
      JSON.stringify([organisationRows(), patientRows(0, 40)]),
    );
  });

  it('do not depend on how many patients there are or how they are cut', () => {
    expect([...patientRows(0, 7).patients, ...patientRows(7, 20).patients]).toEqual(
      patientRows(0, 20).patients,
    );
    expect(patientRows(12, 13)).toEqual(patientRows(12, 13));
  });

  it('show nobody who could be real', () => {
    const { patients, emergencyContacts } = patientRows(0, 300);
    const doctors = organisationRows().doctors ?? [];
    for (const { familyName, email } of [...patients, ...doctors]) {
      expect(familyName).toMatch(/-(Testperson|Musterfall|Beispiel|Probefall)$/);
      expect(email).toMatch(/^[a-z]+\.[a-z0-9]+@example\.org$/);
    }
    for (const { name } of emergencyContacts)
      expect(name).toMatch(/-(Testperson|Musterfall|Beispiel|Probefall)$/);
    for (const { recordNumber } of patients) expect(recordNumber).toMatch(/^TEST-\d{6}$/);
    expect(new Set(patients.map(({ email }) => email)).size).toBe(300);
  });

  it('never give one slot to two, up to the largest demo', () => {
    const { appointments } = patientRows(0, 10_000);
    expect(
      new Set(appointments.map(({ doctorId, startsAt }) => `${doctorId} ${String(startsAt)}`)).size,
    ).toBe(20_000);
  });
});

describe(seed, () => {
  let open: OpenDatabase;

  beforeAll(async () => {
    open = await openDatabase({ kind: 'memory' });
    await migrate(open.db);
  });
  afterAll(() => open.close());

  it('fills two databases alike', async () => {
    await seed(open.db, config(20), silentProgress);
    const first = await contentHash(open.db);
    // Another number in between empties and fills again.
    await seed(open.db, config(15), silentProgress);
    expect(await contentHash(open.db)).not.toBe(first);
    await seed(open.db, config(20), silentProgress);
    expect(await contentHash(open.db)).toBe(first);
  });

  it('begins again after an interruption', async () => {
    const interrupted = {
      ...silentProgress,
      advanceTo: () => {
        throw new Error('killed');
      },
    };
    await expect(seed(open.db, config(300), interrupted)).rejects.toThrow('killed');
    expect(await patientCount(open.db)).toBe(250);
    expect(await isSeeded(open.db, config(300))).toBe(false);
    await seed(open.db, config(300), silentProgress);
    expect(await patientCount(open.db)).toBe(300);
    expect(await isSeeded(open.db, config(300))).toBe(true);
  });

  it('keeps what people changed when the seed is there, whatever its size unless a size is asked for', async () => {
    await seed(open.db, config(12), silentProgress);
    await open.db
      .updateTable('patients')
      .set({ phone: 'changed' })
      .where('id', '=', 'patient-000001')
      .execute();
    await seed(open.db, config(12), silentProgress);
    await seed(open.db, config(3_000, false), silentProgress);
    const patient = await open.db
      .selectFrom('patients')
      .select('phone')
      .where('id', '=', 'patient-000001')
      .executeTakeFirst();
    expect([patient?.phone, await patientCount(open.db)]).toEqual(['changed', 12]);
  });
});
