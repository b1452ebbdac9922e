import type { TestingModule } from '@nestjs/testing';
import { startDemoDatabase } from '../../test/demo-database.js';
import { ClinicsRepository } from '../clinics/clinics.repository.js';
import { DoctorsRepository } from '../doctors/doctors.repository.js';
import { EmergencyContactsRepository } from '../emergency-contacts/emergency-contacts.repository.js';
import { HistoriesRepository } from '../histories/histories.repository.js';
import { LabResultsRepository } from '../lab-results/lab-results.repository.js';
import { PrescriptionsRepository } from '../prescriptions/prescriptions.repository.js';
import { RecordsRepository } from '../records/records.repository.js';
import { DatabaseModule } from './database.module.js';

const PATIENT = 'patient-000002';

describe(DatabaseModule, () => {
  let demo: TestingModule;

  beforeAll(async () => {
    demo = await startDemoDatabase(12);
  });
  afterAll(() => demo.close());

  it('reads and changes clinics', async () => {
    const clinics = demo.get(ClinicsRepository);
    expect(await clinics.list()).toHaveLength(6);
    expect((await clinics.doctors('clinic-01')).map(({ id }) => id)).toContain('doctor-007');
    expect(await clinics.update('clinic-01', { openingHours: 'closed' })).toMatchObject({
      openingHours: 'closed',
      version: 2,
    });
    expect(await clinics.findById('clinic-01')).toMatchObject({ openingHours: 'closed' });
    expect(await clinics.findById('clinic-99')).toBeNull();
    expect(await clinics.update('clinic-99', { openingHours: 'closed' })).toBeNull();
  });

  it('reads and changes doctors', async () => {
    const doctors = demo.get(DoctorsRepository);
    const first = await doctors.list({ limit: 30 });
    const second = await doctors.list({ limit: 30, cursor: first.nextCursor ?? undefined });
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(40);
    expect(await doctors.update('doctor-003', { profile: 'On leave.' })).toMatchObject({
      profile: 'On leave.',
      version: 2,
    });
    expect((await doctors.schedule('doctor-003', '2026-03-03'))?.slots).toHaveLength(16);
    expect((await doctors.schedule('doctor-003', '2026-03-01'))?.slots).toEqual([]);
    expect(await doctors.schedule('doctor-999', '2026-03-03')).toBeNull();
  });

  it('adds visits, prescriptions and results, the latest first', async () => {
    const vitals = {
      heartRatePerMinute: 60,
      systolicMmHg: 120,
      diastolicMmHg: 80,
      temperatureCelsius: 36.6,
      weightKg: 70.5,
    };
    const visit = {
      doctorId: 'doctor-001',
      visitedAt: '2026-03-02T08:00:00.000Z',
      reason: 'Cough',
      vitals,
      notes: 'Rest.',
    };
    const record = await demo.get(RecordsRepository).create(PATIENT, visit);
    expect(record).toMatchObject({ ...visit, clinicId: 'clinic-01' });
    expect((await demo.get(RecordsRepository).byPatient(PATIENT))[0]?.id).toBe(record.id);

    const paper = {
      doctorId: 'doctor-001',
      medication: 'Ibuprofen 400 mg',
      dosage: '1-1-1',
      prescribedOn: '2026-03-02',
      endsOn: null,
    };
    const prescription = await demo.get(PrescriptionsRepository).create(PATIENT, paper);
    expect((await demo.get(PrescriptionsRepository).byPatient(PATIENT))[0]).toEqual(prescription);

    const sample = {
      test: 'TSH',
      value: 2.25,
      unit: 'mU/L',
      referenceLow: 0.4,
      referenceHigh: 4,
      takenAt: '2026-03-02T07:00:00.000Z',
    };
    const result = await demo.get(LabResultsRepository).create(PATIENT, sample);
    expect((await demo.get(LabResultsRepository).byPatient(PATIENT))[0]).toEqual({
      ...sample,
      id: result.id,
      patientId: PATIENT,
    });
  });

  it('names the field whose reference is unknown', async () => {
    const paper = {
      doctorId: 'doctor-001',
      medication: 'X',
      dosage: '1',
      prescribedOn: '2026-03-02',
      endsOn: null,
    };
    await expect(
      demo.get(PrescriptionsRepository).create('patient-999999', paper),
    ).rejects.toMatchObject({
      code: 'REFERENCE_UNKNOWN',
      field: 'patientId',
    });
  });

  it('limits a history to the days and parts asked for', async () => {
    const histories = demo.get(HistoriesRepository);
    const whole = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        histories.byPatient(`patient-${String(index + 1).padStart(6, '0')}`, {
          includeTests: true,
          includeImages: true,
        }),
      ),
    );
    const subject = whole.find((history) => (history?.tests?.length ?? 0) > 1);
    const dates = subject?.tests?.map(({ date }) => date).sort() ?? [];
    const range = { start: dates[0], end: dates[0], includeTests: true };
    const part = await histories.byPatient(subject?.patientId ?? '', range);
    expect(part?.tests?.map(({ date }) => date)).toEqual([dates[0]]);
    expect(part).not.toHaveProperty('images');
    expect(part?.allergies).toEqual(subject?.allergies);
  });

  it('keeps both of two allergies that are added at the same time', async () => {
    const histories = demo.get(HistoriesRepository);
    const before = (await histories.byPatient(PATIENT))?.allergies.length ?? 0;
    const allergy = { reaction: 'Rash', severity: 'mild' as const };
    await Promise.all(
      ['Kiwi', 'Wasp'].map((substance) => histories.addAllergy(PATIENT, { substance, ...allergy })),
    );
    const after = await histories.byPatient(PATIENT);
    expect(after).toMatchObject({ version: 3 });
    expect(after?.allergies).toHaveLength(before + 2);
  });

  it('lists emergency contacts', async () => {
    const contacts = await demo.get(EmergencyContactsRepository).byPatient(PATIENT);
    expect(contacts.length).toBeGreaterThan(0);
    expect(contacts[0]).toMatchObject({ id: 'contact-000002-1', patientId: PATIENT });
  });
});
