import type { TestingModule } from '@nestjs/testing';
import { startDemoDatabase } from '../../test/demo-database.js';
import { DoctorsRepository } from '../doctors/doctors.repository.js';
import { AppointmentsRepository } from './appointments.repository.js';

const DAY = '2026-03-11';
const DOCTOR = 'doctor-001';

describe(AppointmentsRepository, () => {
  let demo: TestingModule;
  let appointments: AppointmentsRepository;
  let doctors: DoctorsRepository;
  let free: string[];

  const request = (startsAt = free.shift() ?? '', patientId = 'patient-000001') => ({
    patientId,
    doctorId: DOCTOR,
    startsAt,
    reason: 'Knee pain',
  });
  const isFree = async (startsAt: string) =>
    (await doctors.schedule(DOCTOR, DAY))?.slots.find((slot) => slot.startsAt === startsAt)?.free;

  beforeAll(async () => {
    demo = await startDemoDatabase(12);
    appointments = demo.get(AppointmentsRepository);
    doctors = demo.get(DoctorsRepository);
    const schedule = await doctors.schedule(DOCTOR, DAY);
    free = schedule?.slots.filter((slot) => slot.free).map(({ startsAt }) => startsAt) ?? [];
  });
  afterAll(() => demo.close());

  describe('create', () => {
    it('books at the clinic of the doctor and takes the slot', async () => {
      const wanted = request();
      expect(await isFree(wanted.startsAt)).toBe(true);
      const booked = await appointments.create(wanted);
      expect(booked).toMatchObject({
        ...wanted,
        clinicId: 'clinic-01',
        status: 'booked',
        version: 1,
      });
      expect(await appointments.findById(booked.id)).toEqual(booked);
      expect(await isFree(wanted.startsAt)).toBe(false);
    });

    it('gives a slot to one of two who ask at the same time', async () => {
      const startsAt = free.shift();
      const answers = await Promise.allSettled([
        appointments.create(request(startsAt, 'patient-000001')),
        appointments.create(request(startsAt, 'patient-000007')),
      ]);
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'SLOT_TAKEN', field: 'startsAt' },
      });
    });

    it.each([
      ['a time off the schedule', { startsAt: `${DAY}T03:00:00.000Z` }, 'SLOT_UNKNOWN', 'startsAt'],
      [
        'a day off the schedule',
        { startsAt: '2031-01-06T08:00:00.000Z' },
        'SLOT_UNKNOWN',
        'startsAt',
      ],
      ['an unknown doctor', { doctorId: 'doctor-999' }, 'REFERENCE_UNKNOWN', 'doctorId'],
      ['an unknown patient', { patientId: 'patient-999999' }, 'REFERENCE_UNKNOWN', 'patientId'],
    ])('refuses %s', async (_, wrong, code, field) => {
      await expect(appointments.create({ ...request(free[0]), ...wrong })).rejects.toMatchObject({
        code,
        field,
      });
    });

    it('still works after a refusal', async () => {
      await expect(appointments.create(request())).resolves.toMatchObject({ status: 'booked' });
    });
  });

  describe('setStatus', () => {
    it('frees the slot when it cancels, and takes it back only while nobody else has it', async () => {
      const mine = await appointments.create(request());
      const cancelled = await appointments.setStatus(mine.id, 'cancelled');
      expect(cancelled).toMatchObject({ status: 'cancelled', version: 2 });
      expect(await isFree(mine.startsAt)).toBe(true);
      await appointments.create(request(mine.startsAt, 'patient-000007'));
      await expect(appointments.setStatus(mine.id, 'booked')).rejects.toMatchObject({
        code: 'SLOT_TAKEN',
      });
    });

    it('returns null for an unknown id', async () => {
      expect(await appointments.setStatus('appointment-x', 'missed')).toBeNull();
    });
  });

  describe('reschedule', () => {
    it('moves to a free slot and frees the old one', async () => {
      const mine = await appointments.create(request());
      const to = free.shift() ?? '';
      expect(await appointments.reschedule(mine.id, to)).toMatchObject({
        startsAt: to,
        version: 2,
      });
      expect([await isFree(mine.startsAt), await isFree(to)]).toEqual([true, false]);
    });

    it('leaves the appointment where it was when the slot is taken', async () => {
      const [mine, other] = [
        await appointments.create(request()),
        await appointments.create(request()),
      ];
      await expect(appointments.reschedule(mine.id, other.startsAt)).rejects.toMatchObject({
        code: 'SLOT_TAKEN',
      });
      expect(await appointments.findById(mine.id)).toEqual(mine);
    });
  });

  describe('byPatient and byClinicAndDate', () => {
    it('list by time', async () => {
      const ofPatient = await appointments.byPatient('patient-000001');
      const ofDay = await appointments.byClinicAndDate('clinic-01', DAY);
      for (const starts of [ofPatient, ofDay].map((rows) => rows.map(({ startsAt }) => startsAt))) {
        expect(starts.length).toBeGreaterThan(1);
        expect(starts).toEqual([...starts].sort());
      }
      expect(
        ofDay.every(
          ({ clinicId, startsAt }) => clinicId === 'clinic-01' && startsAt.startsWith(DAY),
        ),
      ).toBe(true);
    });
  });

  describe('countByStatus', () => {
    it('counts a clinic’s day by what became of it', async () => {
      const before = await appointments.countByStatus('clinic-01', DAY);
      const { id } = await appointments.create(request());
      const booked = { ...before, booked: before.booked + 1 };
      expect(await appointments.countByStatus('clinic-01', DAY)).toEqual(booked);
      await appointments.setStatus(id, 'missed');
      const missed = { ...before, missed: before.missed + 1 };
      expect(await appointments.countByStatus('clinic-01', DAY)).toEqual(missed);
    });
  });
});
