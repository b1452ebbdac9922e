import { AuditCacheMiddleware } from '@vitalcache/core';
import { runWithAccess } from '@vitalcache/healthcare-phi';
import { CacheService } from '@vitalcache/nest-integration';

import { DemoApi } from './demo-api.js';

/** The guidelines of the requirements, in seconds, each with what shows it in the demo. */
const GUIDELINES: readonly [string, number, number, string, string][] = [
  [
    'real-time data',
    0,
    0,
    '/clinics/clinic-01/appointments/2026-03-02/board',
    'clinic:{clinicId}:board:{date}',
  ],
  ['emergency data', 300, 300, '/patients/patient-000002/emergency-contacts', 'emergency'],
  ['frequently changing data', 300, 900, '/patients?clinicId=clinic-01', 'clinic:{query.clinicId}'],
  ['semi-static data', 1_800, 3_600, '/doctors', 'doctors:list'],
  ['static data', 86_400, 86_400, '/clinics', 'clinics:list'],
  ['patient records', 3_600, 3_600, '/patients/patient-000001/records', 'patient:{patientId}'],
  ['appointments', 1_800, 1_800, '/appointments/APPOINTMENT', 'appointment:{appointmentId}'],
  ['doctor profiles', 7_200, 7_200, '/doctors/doctor-001', 'doctor:{doctorId}'],
  ['clinic data', 14_400, 14_400, '/clinics/clinic-01', 'clinic:{clinicId}'],
  ['medical history', 7_200, 7_200, '/patients/patient-000001/history', 'medical:{patientId}'],
  ['prescriptions', 1_800, 1_800, '/patients/patient-000001/prescriptions', 'prescriptions:'],
];

const OPERATOR = { tenant: 'default', actor: 'operator', roles: [], purpose: 'HOPERAT' } as const;

describe('the lifetimes of what the demo reads', () => {
  let api: DemoApi;
  let appointment: string;
  /** Seconds, by template. */
  const lifetimes = new Map<string, number>();

  beforeAll(async () => {
    api = await DemoApi.open();
    const [booked] = (await api.get('/patients/patient-000001/appointments')).body;
    appointment = booked.id;
    const middleware = api.app.get(AuditCacheMiddleware);
    const { handle } = middleware;
    middleware.handle = (operation, next) => {
      const { template, options } = operation;
      if (options) lifetimes.set(template, options.ttlMs / 1_000);
      return handle.call(middleware, operation, next) as ReturnType<typeof next>;
    };
  }, 120_000);
  afterAll(() => api.close());

  it.each(GUIDELINES)('follow the guideline for %s', async (_what, min, max, path, template) => {
    // Hits take a way past the middleware: the first read is none.
    await runWithAccess(OPERATOR, () => api.app.get(CacheService).clear());
    lifetimes.clear();
    const url = path.replace('APPOINTMENT', appointment);
    expect((await api.get(url)).status).toBe(200);
    const again = await api.get(url);
    const found = [...lifetimes].filter(([name]) => name.startsWith(template));
    expect(found).toHaveLength(1);
    const [[, seconds = NaN] = []] = found;
    expect([seconds >= min, seconds <= max]).toEqual([true, true]);
    expect(again.cache).toMatch(max === 0 ? /fwd=bypass/ : /hit/);
  });
});
