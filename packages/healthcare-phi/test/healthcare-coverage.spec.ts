import type { CacheOptions, Loader } from '@vitalcache/core';

import type { HealthcareCacheService } from '../src/healthcare-cache.service.js';
import { clinicCache } from './support/clinic-cache.js';

type Cache = HealthcareCacheService;
type Read = (cache: Cache, load: Loader<unknown>) => Promise<unknown>;

const PHI: CacheOptions = { containsPHI: true };
const tagged = (...tags: string[]): Read => {
  const key = `list:${tags.length}`;
  return (cache, load) => cache.cache(key, load, { ...PHI, tags });
};

/** Kinds of data: of patient 7 and doctor d, where nothing else is said. */
const KINDS = {
  records: (cache, load) => cache.cachePatientRecords('7', 'a', load),
  recordsWithPrescriptions: (cache, load) =>
    cache.cachePatientRecords('7', 'a', load, { includePrescriptions: true, includeVitals: true }),
  recordsElsewhere: (cache, load) => cache.cachePatientRecords('7', 'b', load),
  recordsOfNoClinic: (cache, load) => cache.cachePatientRecords('7', 'default', load),
  recordsOfAnother: (cache, load) => cache.cachePatientRecords('8', 'a', load),
  history: (cache, load) => cache.cacheMedicalHistory('7', 'a', load),
  historyWithTests: (cache, load) =>
    cache.cacheMedicalHistory('7', 'a', load, { includeTests: true }),
  prescriptions: (cache, load) => cache.cachePrescriptions('7', 'a', load),
  prescriptionsElsewhere: (cache, load) => cache.cachePrescriptions('7', 'b', load),
  labResults: (cache, load) => cache.cacheLabResults('7', 'a', load),
  emergency: (cache, load) => cache.cacheEmergencyData('7', load),
  appointment: (cache, load) =>
    cache.cacheAppointment('x', 'a', load, { patientId: '7', doctorId: 'd' }),
  appointmentOfNobody: (cache, load) => cache.cacheAppointment('y', 'a', load),
  profile: (cache, load) => cache.cacheDoctorProfile('d', 'a', load),
  schedule: (cache, load) => cache.cacheDoctorSchedule('d', 'a', '2026-01-02', load),
  scheduleElsewhere: (cache, load) => cache.cacheDoctorSchedule('d', 'b', '2026-01-02', load),
  scheduleOfAnother: (cache, load) => cache.cacheDoctorSchedule('e', 'a', '2026-01-02', load),
  doctors: (cache, load) => cache.cacheClinicData('a', 'doctors', load),
  slots: (cache, load) => cache.cacheClinicData('a', 'slots', load),
  doctorsElsewhere: (cache, load) => cache.cacheClinicData('b', 'doctors', load),
  listOfPatient: (cache, load) => cache.cache('patient:7:clinic:a:appointments', load, PHI),
  // The document's tag block, and a placeholder of a decorator.
  taggedRecords: tagged('patient_records', 'phi_data', 'clinic:a'),
  taggedList: tagged('appointments', 'doctor:d', 'clinic:a', 'x'),
  taggedHistory: tagged('medical_history', 'patient:7', 'phi_data', 'x', 'y'),
  plainList: (cache, load) =>
    cache.cache('plain:1', load, { tags: ['appointments', 'doctor:d', 'clinic:a'] }),
  plainListByValue: (cache, load) =>
    cache.cache('plain:2', load, { tags: () => ['appointments', 'doctor:d', 'clinic:a'] }),
  byTemplate: (cache, load) =>
    cache.cache('notes:7:1', load, { ...PHI, template: 'notes:{patientId}:{n}' }),
} satisfies Record<string, Read>;

type Kind = keyof typeof KINDS;
const OF_PATIENT_AT_A: readonly Kind[] = [
  ...(['records', 'recordsWithPrescriptions', 'recordsOfNoClinic', 'history'] as const),
  ...(['historyWithTests', 'prescriptions', 'labResults', 'emergency'] as const),
  ...(['appointment', 'listOfPatient', 'taggedHistory', 'byTemplate'] as const),
];
const OF_PATIENT: readonly Kind[] = [
  ...OF_PATIENT_AT_A,
  'recordsElsewhere',
  'prescriptionsElsewhere',
];
const AT_A: readonly Kind[] = [
  ...(['records', 'recordsWithPrescriptions', 'recordsOfAnother', 'history'] as const),
  ...(['historyWithTests', 'prescriptions', 'labResults', 'appointment'] as const),
  ...(['appointmentOfNobody', 'profile', 'schedule', 'scheduleOfAnother', 'doctors'] as const),
  ...(['slots', 'listOfPatient', 'taggedRecords', 'taggedList', 'plainList'] as const),
  'plainListByValue',
];
const PLAIN: readonly Kind[] = ['plainList', 'plainListByValue'];
const OF_DOCTOR_AT_A: readonly Kind[] = [
  ...(['profile', 'schedule', 'appointment', 'taggedList'] as const),
  ...PLAIN,
];

const PROTECTED = (Object.keys(KINDS) as Kind[]).filter((kind) => !PLAIN.includes(kind));

const CALLS: readonly (readonly [string, (cache: Cache) => Promise<unknown>, readonly Kind[]])[] = [
  ['patient at a clinic', (c) => c.invalidatePatientCache('7', 'a'), OF_PATIENT_AT_A],
  ['patient', (c) => c.invalidatePatientCache('7'), OF_PATIENT],
  ['tag of the patient', (c) => c.invalidateCacheByTag('patient:7'), OF_PATIENT],
  [
    'patient of no clinic',
    (c) => c.invalidatePatientCache('7', 'default'),
    ['recordsOfNoClinic', 'emergency', 'taggedHistory', 'byTemplate'],
  ],
  ['doctor at a clinic', (c) => c.invalidateDoctorCache('d', 'a'), OF_DOCTOR_AT_A],
  ['doctor', (c) => c.invalidateDoctorCache('d'), [...OF_DOCTOR_AT_A, 'scheduleElsewhere']],
  ['appointment alone', (c) => c.invalidateAppointmentCache('x'), ['appointment']],
  [
    'appointment with all parties',
    (c) => c.invalidateAppointmentCache('x', '7', 'd', 'a'),
    [
      ...(['appointment', 'listOfPatient', 'schedule', 'scheduleElsewhere'] as const),
      ...(['slots', 'taggedList'] as const),
      ...PLAIN,
    ],
  ],
  [
    'appointment of an unknown doctor',
    (c) => c.invalidateAppointmentCache('y', '7', undefined, 'a'),
    [
      ...(['appointmentOfNobody', 'listOfPatient', 'schedule', 'scheduleOfAnother'] as const),
      ...(['slots', 'taggedList'] as const),
      ...PLAIN,
    ],
  ],
  [
    'appointment with its patient',
    (c) => c.invalidateAppointmentCache('x', '7'),
    ['appointment', 'listOfPatient'],
  ],
  ['clinic', (c) => c.invalidateClinicCache('a'), AT_A],
  [
    'prescriptions at a clinic',
    (c) => c.invalidatePrescriptionCache('7', 'a'),
    ['prescriptions', 'recordsWithPrescriptions'],
  ],
  [
    'prescriptions',
    (c) => c.invalidatePrescriptionCache('7'),
    ['prescriptions', 'prescriptionsElsewhere', 'recordsWithPrescriptions'],
  ],
  ['lab results', (c) => c.invalidateLabResultsCache('7', 'a'), ['labResults', 'historyWithTests']],
  ['all protected data', (c) => c.clearPHICache(), PROTECTED],
  ['all of the tenant', (c) => c.clearPHICache({ tenant: 'default' }), PROTECTED],
  ['all of another tenant', (c) => c.clearPHICache({ tenant: 'other' }), []],
  [
    'key of records',
    (c) => c.invalidateCache(c.getKeyFactory().patient('7', 'a', 'records')),
    ['records', 'recordsWithPrescriptions'],
  ],
  [
    'pattern of a patient',
    (c) => c.invalidateCacheByPattern('patient:7:*'),
    [
      ...(['records', 'recordsWithPrescriptions', 'recordsElsewhere'] as const),
      ...(['recordsOfNoClinic', 'listOfPatient'] as const),
    ],
  ],
];

describe('kinds of data and invalidations', () => {
  it.each(CALLS)('%s: covers what it says, and nothing else', async (_, call, expected) => {
    const { cache, as } = await clinicCache({ authorize: () => true });
    const loads = new Map<string, jest.Mock>();
    const readAll = () =>
      as(async () => {
        for (const [kind, read] of Object.entries(KINDS)) {
          const load = loads.get(kind) ?? jest.fn(() => ({ kind }));
          loads.set(kind, load);
          await read(cache, load);
        }
        await cache.settled();
      });
    await readAll();
    await readAll();
    const before = [...loads].filter(([, load]) => load.mock.calls.length !== 1);
    expect(before.map(([kind]) => kind)).toEqual([]);
    await as(() => call(cache));
    await readAll();
    const covered = [...loads].filter(([, load]) => load.mock.calls.length > 1);
    expect(covered.map(([kind]) => kind).sort()).toEqual([...expected].sort());
    await cache.close();
  });
});
