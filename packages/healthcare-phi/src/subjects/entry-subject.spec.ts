import { CacheKeyFactory, VARIANT_SEPARATOR, type DataSubject } from '@vitalcache/core';
import fc from 'fast-check';

import { ownerOf, subjectOf } from './entry-subject.js';

const keys = new CacheKeyFactory();
const of = (key: string, template = 'unnamed', subject: DataSubject | null = null) =>
  subjectOf(key, { template, subject });

describe('subjectOf', () => {
  it.each<[string, object]>([
    [keys.user(7), {}],
    [keys.product('books', 1), {}],
    [keys.patient('p', 'c', 'records'), { patientId: 'p', clinicId: 'c' }],
    [
      keys.patient('p', 'c', 'appointments'),
      { patientId: 'p', clinicId: 'c', topics: ['bookings'] },
    ],
    [keys.patient('p', 'default'), { patientId: 'p' }],
    [keys.search('knee', 1), {}],
    [keys.filter('shoes', 9), {}],
    [keys.appointment('a'), { appointmentId: 'a' }],
    [keys.patientProfile('p'), { patientId: 'p' }],
    [keys.doctorSchedule('d', '2026-01-31'), { doctorId: 'd', topics: ['bookings'] }],
    [keys.clinic('c', 'doctors'), { clinicId: 'c' }],
    [keys.medicalHistory('p', 'c'), { patientId: 'p', clinicId: 'c' }],
    [keys.prescriptions('p', 'c'), { patientId: 'p', clinicId: 'c', topics: ['prescriptions'] }],
    ['labs:p:clinic:c', { patientId: 'p', clinicId: 'c', topics: ['labResults'] }],
    ['emergency:p:summary', { patientId: 'p' }],
    ['doctor:d:clinic:c:profile', { doctorId: 'd', clinicId: 'c' }],
    ['patient', {}],
    ['patient::profile', {}],
  ])('reads the convention of %s', (key, expected) => {
    expect(of(key)).toEqual({ topics: [], ...expected });
    expect(of(`${key}${VARIANT_SEPARATOR}de`)).toEqual({ topics: [], ...expected });
  });

  it('always finds the ids that a key was made of', () => {
    const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(id, id, (patientId, clinicId) => {
        fc.pre(clinicId !== 'default');
        const found = of(keys.patient(patientId, clinicId));
        expect(found.patientId).toBe(patientId.normalize());
        expect(found.clinicId).toBe(clinicId.normalize());
      }),
    );
  });

  it('believes placeholders before the option, and the option before the key', () => {
    const template = 'patient:{patientId}:notes:{n}';
    const key = keys.key(template, { patientId: 'p', n: 1 });
    expect(of(key, template, { patientId: 'q', doctorId: 'd' })).toMatchObject({
      patientId: 'p',
      doctorId: 'd',
    });
    expect(of('patient:p:notes', 'notes', { patientId: 'q' }).patientId).toBe('q');
    expect(of('x:v-7.json', 'x:v-{visit.patientId}.json').patientId).toBe('7');
    expect(of('x:%-', 'x:{patientId}')).toEqual({ topics: [] });
  });

  it('refuses a placeholder that can not be told from its neighbour', () => {
    expect(() => of('x:7-8', 'x:{patientId}-{visit}')).toThrow(
      expect.objectContaining({ code: 'KEY_INVALID' }),
    );
  });
});

describe('ownerOf', () => {
  it('puts the patient first', () => {
    expect(ownerOf({ patientId: 'p', doctorId: 'd', clinicId: 'c' })).toEqual({
      role: 'patient',
      id: 'p',
    });
    expect(ownerOf({ doctorId: 'd', clinicId: 'c' })).toEqual({ role: 'doctor', id: 'd' });
    expect(ownerOf({ clinicId: 'c' })).toEqual({ role: 'clinic', id: 'c' });
    expect(ownerOf({ appointmentId: 'a' })).toBeNull();
  });
});
