import { subjectOf } from './entry-subject.js';
import { HealthcareKeyFactory } from './healthcare-key.factory.js';

const keys = new HealthcareKeyFactory();

describe('HealthcareKeyFactory', () => {
  it.each([
    [
      keys.patient('patient-123', 'clinic-456', 'records'),
      'patient:patient-123:clinic:clinic-456:records',
    ],
    [keys.labResults('p', 'c'), 'labs:p:clinic:c'],
    [keys.appointmentAt('a', 'c'), 'appointment:a:clinic:c:details'],
    [keys.doctorProfile('d', 'c'), 'doctor:d:clinic:c:profile'],
    [keys.doctorScheduleAt('d', 'c', '2026-01-31'), 'doctor:d:clinic:c:schedule:2026-01-31'],
    [keys.emergency('p'), 'emergency:p:summary'],
  ])('makes %s', (key, expected) => {
    expect(key).toBe(expected);
  });

  it('makes keys that say whom they are about', () => {
    const of = (key: string) => subjectOf(key, { template: 'unnamed', subject: null });
    expect(of(keys.doctorScheduleAt('d', 'c', '2026-01-31'))).toEqual({
      doctorId: 'd',
      clinicId: 'c',
      topics: ['bookings'],
    });
    expect(of(keys.labResults('p', 'c')).topics).toEqual(['labResults']);
    expect(of(keys.clinic('default', 'doctors'))).toEqual({ clinicId: 'default', topics: [] });
  });

  it.each([7, '', null, undefined])('refuses the id %j', (id) => {
    expect(() => keys.labResults(id as string, 'c')).toThrow('patientId must be a string');
  });

  it('refuses a date that is no day', () => {
    expect(() => keys.doctorScheduleAt('d', 'c', '31.1.2026')).toThrow('such as 2026-01-31');
  });
});
