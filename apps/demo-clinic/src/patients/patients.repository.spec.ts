import type { TestingModule } from '@nestjs/testing';
import { startDemoDatabase } from '../../test/demo-database.js';
import { PatientsRepository, type Patient } from './patients.repository.js';

const ALL = { includeHistory: true, includePrescriptions: true, includeVitals: true };
const NONE = { includeHistory: false, includePrescriptions: false, includeVitals: false };

describe(PatientsRepository, () => {
  let demo: TestingModule;
  let patients: PatientsRepository;

  beforeAll(async () => {
    demo = await startDemoDatabase(24);
    patients = demo.get(PatientsRepository);
  });
  afterAll(() => demo.close());

  describe('list', () => {
    const visitAll = async (limit: number, clinicId?: string) => {
      const seen: Patient[] = [];
      let cursor: string | undefined;
      do {
        const page = await patients.list({ limit, cursor, clinicId });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        seen.push(...page.items);
        // A cursor that stands still must fail, not run for ever.
        expect(seen.length).toBeLessThanOrEqual(24);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return seen;
    };

    it.each([1, 5, 8, 23, 24, 25, 100])('visits everyone once in pages of %i', async (limit) => {
      const ids = (await visitAll(limit)).map(({ id }) => id);
      expect(ids).toHaveLength(24);
      expect(new Set(ids).size).toBe(24);
      expect(ids).toEqual([...ids].sort());
    });

    it('stays within a clinic', async () => {
      const seen = await visitAll(3, 'clinic-02');
      expect(seen).toHaveLength(4);
      expect(new Set(seen.map(({ clinicId }) => clinicId))).toEqual(new Set(['clinic-02']));
    });

    it('says on a full last page that nothing follows', async () => {
      expect((await patients.list({ limit: 24 })).nextCursor).toBeNull();
    });
  });

  describe('findById', () => {
    it('returns plain JSON', async () => {
      const patient = await patients.findById('patient-000003');
      expect(patient).toEqual(JSON.parse(JSON.stringify(patient)));
      expect(patient).toMatchObject({
        recordNumber: 'TEST-000003',
        version: 1,
        updatedAt: '2026-03-02T06:00:00.000Z',
      });
      expect(patient?.birthDate).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(patient?.email).toMatch(/@example\.org$/);
    });

    it('returns null for an unknown id', async () => {
      expect(await patients.findById('patient-999999')).toBeNull();
    });
  });

  describe('update', () => {
    it('changes what is named, counts the version up and moves the time', async () => {
      const before = await patients.findById('patient-000004');
      const after = await patients.update('patient-000004', { phone: '+49 30 23125 999' });
      expect(after).toEqual({
        ...before,
        phone: '+49 30 23125 999',
        version: 2,
        updatedAt: after?.updatedAt,
      });
      expect(after?.updatedAt).not.toBe(before?.updatedAt);
      expect(await patients.findById('patient-000004')).toEqual(after);
    });

    it('gives every one of many simultaneous writes a version of its own', async () => {
      const rows = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          patients.update('patient-000005', { phone: `+49 30 23125 10${index}` }),
        ),
      );
      expect(rows.map((row) => row?.version).sort((a = 0, b = 0) => a - b)).toEqual([
        2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
      ]);
    });

    it('returns null for an unknown id', async () => {
      expect(await patients.update('patient-999999', { phone: '12345' })).toBeNull();
    });
  });

  describe('records', () => {
    it('brings only the visits when nothing else is asked for', async () => {
      const found = await patients.records('patient-000001', NONE);
      expect(Object.keys(found ?? {})).toEqual(['patientId', 'records']);
      expect(found?.records).toHaveLength(3);
      expect(found?.records[0]).not.toHaveProperty('vitals');
    });

    it('brings everything that is asked for, the latest first', async () => {
      const found = await patients.records('patient-000001', ALL);
      const visits = found?.records.map(({ visitedAt }) => visitedAt) ?? [];
      expect(visits).toEqual([...visits].sort().reverse());
      expect(found?.records[0]?.vitals?.heartRatePerMinute).toBeGreaterThan(0);
      expect(found?.history).toMatchObject({
        patientId: 'patient-000001',
        tests: expect.any(Array),
        images: expect.any(Array),
      });
      expect(found?.prescriptions).toHaveLength(2);
    });

    it('leaves out the visits of other clinics', async () => {
      expect(
        (await patients.records('patient-000001', { ...NONE, clinicId: 'clinic-03' }))?.records,
      ).toEqual([]);
    });

    it('returns null for an unknown id', async () => {
      expect(await patients.records('patient-999999', ALL)).toBeNull();
    });
  });

  describe('delete', () => {
    it('removes the patient with all that belongs to them, and nobody else', async () => {
      expect(await patients.delete('patient-000024')).toBe(true);
      expect(await patients.delete('patient-000024')).toBe(false);
      expect(await patients.findById('patient-000024')).toBeNull();
      expect((await patients.records('patient-000023', NONE))?.records).toHaveLength(3);
    });
  });
});
