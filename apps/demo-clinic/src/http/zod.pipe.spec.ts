import { BadRequestException } from '@nestjs/common';
import { appointmentPatch } from '../appointments/appointments.schema.js';
import { scheduleParams } from '../doctors/doctors.schema.js';
import { historyQuery } from '../histories/histories.schema.js';
import {
  patientParams,
  patientPatch,
  patientsQuery,
  recordsQuery,
} from '../patients/patients.schema.js';
import { newRecord } from '../records/records.schema.js';
import { ZodPipe } from './zod.pipe.js';

function refusal(pipe: ZodPipe<unknown>, value: unknown): unknown {
  try {
    pipe.transform(value);
  } catch (error) {
    expect(error).toBeInstanceOf(BadRequestException);
    return (error as BadRequestException).getResponse();
  }
  throw new Error('was accepted');
}

const fieldsOf = (pipe: ZodPipe<unknown>, value: unknown) =>
  (refusal(pipe, value) as { fields: { field: string }[] }).fields.map(({ field }) => field);

describe(ZodPipe, () => {
  it('answers with a problem that names each field', () => {
    expect(refusal(new ZodPipe(patientPatch), { phone: 'call me', email: 'x' })).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: expect.stringMatching(
        /^phone must be a phone number.*; email must be an e-mail address/,
      ),
      fields: expect.arrayContaining([
        { field: 'phone', problem: 'must be a phone number such as +49 30 23125 000' },
        { field: 'email', problem: 'must be an e-mail address' },
      ]),
    });
  });

  it('refuses and names unknown fields', () => {
    expect(
      refusal(new ZodPipe(patientPatch), { phone: '12345', role: 'admin', id: 'patient-1' }),
    ).toMatchObject({
      fields: [
        { field: 'role', problem: 'is not a known field' },
        { field: 'id', problem: 'is not a known field' },
      ],
    });
  });

  it('does not repeat values', () => {
    expect(
      JSON.stringify(refusal(new ZodPipe(patientPatch), { email: 'anna.secret@clinic.de' })),
    ).not.toContain('secret');
  });

  it.each([undefined, null, {}, [], 'text', 7])('refuses a patch of %j', (body) => {
    expect(fieldsOf(new ZodPipe(patientPatch), body)).toEqual(['(request)']);
  });

  it('fills in what a query leaves out', () => {
    expect(new ZodPipe(patientsQuery).transform(undefined)).toEqual({ limit: 20 });
    expect(new ZodPipe(recordsQuery).transform({ includeVitals: 'true' })).toEqual({
      includeHistory: false,
      includePrescriptions: false,
      includeVitals: true,
    });
  });

  it.each([
    [{ limit: '0' }, 'limit'],
    [{ limit: '101' }, 'limit'],
    [{ limit: '1.5' }, 'limit'],
    [{ limit: 'all' }, 'limit'],
    [{ limit: ['1', '2'] }, 'limit'],
    [{ cursor: "patient-1' or 1=1" }, 'cursor'],
    [{ clinicId: 'doctor-001' }, 'clinicId'],
    [{ page: '2' }, 'page'],
  ])('refuses the query %j', (query, field) => {
    expect(fieldsOf(new ZodPipe(patientsQuery), query)).toEqual([field]);
  });

  it.each(['', 'patient-', 'patient-*', 'patient-1:2', 'doctor-001', `patient-${'1'.repeat(41)}`])(
    'refuses the id %j',
    (patientId) => {
      expect(fieldsOf(new ZodPipe(patientParams), { patientId })).toEqual(['patientId']);
    },
  );

  it.each(['2026-02-30', '2026-3-1', 'today', '2026-03-01T00:00:00Z'])(
    'refuses the date %j',
    (date) => {
      expect(fieldsOf(new ZodPipe(scheduleParams), { doctorId: 'doctor-001', date })).toEqual([
        'date',
      ]);
    },
  );

  it('refuses a range that ends before it starts', () => {
    expect(fieldsOf(new ZodPipe(historyQuery), { start: '2026-03-02', end: '2026-03-01' })).toEqual(
      ['end'],
    );
  });

  it('names nested fields', () => {
    const visit = {
      doctorId: 'doctor-001',
      visitedAt: '2026-03-02T08:00:00+01:00',
      reason: 'Cough',
      notes: 'Rest.',
    };
    const vitals = {
      heartRatePerMinute: 60,
      systolicMmHg: 120,
      diastolicMmHg: 80,
      temperatureCelsius: 36.6,
      weightKg: 70,
    };
    expect(
      fieldsOf(new ZodPipe(newRecord), { ...visit, vitals: { ...vitals, weightKg: 'heavy' } }),
    ).toEqual(['vitals.weightKg']);
    expect(new ZodPipe(newRecord).transform({ ...visit, vitals }).visitedAt).toBe(
      '2026-03-02T07:00:00.000Z',
    );
  });

  it('takes a new status or a new time, not both and not nothing', () => {
    const pipe = new ZodPipe(appointmentPatch);
    expect(pipe.transform({ status: 'cancelled' })).toEqual({ status: 'cancelled' });
    expect(fieldsOf(pipe, {})).toEqual(['(request)']);
    expect(fieldsOf(pipe, { status: 'lost' })).toEqual(['status']);
    expect(fieldsOf(pipe, { status: 'booked', startsAt: '2026-03-02T08:00:00Z' })).toEqual([
      '(request)',
    ]);
  });
});
