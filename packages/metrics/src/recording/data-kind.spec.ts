import { dataOf, dataOfText } from './data-kind.js';

const options = (more: object) => ({
  emergencyData: false,
  doctorSpecific: false,
  patientSpecific: false,
  ...more,
});

describe('dataOfText', () => {
  it.each([
    ['patient:7:clinic:1:records', 'patient'],
    ['patient:{patientId}:profile', 'patient'],
    ['medical:7:clinic:1:history', 'patient'],
    ['prescriptions:7:clinic:1', 'patient'],
    ['labs:7', 'patient'],
    ['labResults:7', 'patient'],
    ['appointment:3:details', 'appointment'],
    ['doctor:9:schedule:2026-01-01', 'doctor'],
    ['emergency:7', 'emergency'],
    ['clinic:1:doctors', null],
    ['users:7', null],
    ['patientdata:7', null],
    ['patient', null],
    ['products:1', null],
    ['analysis:1', null],
    [':patient:', null],
    ['', null],
    ['unnamed', null],
    ['doctor', null],
    ['constructor:1', null],
    ['__proto__:1', null],
    ['length:1', null],
    ['patients', null],
    ['propertyIsEnumerable:1', null],
  ])('of %p is %p', (text, data) => {
    expect(dataOfText(text)).toBe(data);
  });
});

describe('dataOf', () => {
  it('believes an emergency first, then names, then options', () => {
    const all = options({ emergencyData: true, doctorSpecific: true, patientSpecific: true });
    expect(dataOf(all, 'patient:{id}', 'patient:7')).toBe('emergency');
    expect(dataOf(options({ patientSpecific: true }), 'unnamed', 'appointment:3')).toBe(
      'appointment',
    );
    expect(dataOf(options({ doctorSpecific: true }), 'mine', 'x')).toBe('doctor');
    expect(dataOf(options({ patientSpecific: true }), 'mine', 'x')).toBe('patient');
    expect(dataOf(options({}), 'mine', 'x')).toBeNull();
    expect(dataOf(null, 'unnamed', 'doctor:9')).toBe('doctor');
    expect(dataOf(null, 'unnamed', undefined)).toBeNull();
  });
});
