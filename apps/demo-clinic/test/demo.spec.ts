import { DemoApi } from './demo-api.js';
import { describeJourney } from './demo-journey.js';

describe('the demo in memory', () => {
  describeJourney(() => DemoApi.open());
});

describe('the demo', () => {
  let api: DemoApi;
  beforeAll(async () => {
    api = await DemoApi.open();
  }, 120_000);
  afterAll(() => api.close());

  it.each([
    '/patients?limit=3',
    '/patients/patient-000002',
    '/patients/patient-000002/records?includeHistory=true&includePrescriptions=true',
    '/patients/patient-000002/history?includeTests=true',
    '/patients/patient-000002/prescriptions',
    '/patients/patient-000002/lab-results',
    '/patients/patient-000002/appointments',
    '/patients/patient-000002/emergency-contacts',
    '/doctors?limit=2',
    '/doctors/doctor-001',
    '/doctors/doctor-001/schedule/2026-03-02',
    '/clinics',
    '/clinics/clinic-01',
    '/clinics/clinic-01/doctors',
    '/clinics/clinic-01/appointments/2026-03-02',
  ])('reads %s through the cache', async (url) => {
    const [first, second] = [await api.get(url), await api.get(url)];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.cache).toMatch(/^Vitalcache; hit/);
    expect(second.body).toEqual(first.body);
  });

  it.each([
    '/patients/patient-999999',
    '/patients/patient-999999/records',
    '/patients/patient-999999/history',
    '/patients/patient-999999/prescriptions',
    '/doctors/doctor-999',
    '/doctors/doctor-999/schedule/2026-03-02',
    '/clinics/clinic-99',
    '/clinics/clinic-99/doctors',
    '/appointments/appointment-999999',
  ])('answers 404 to %s', async (url) => {
    expect((await api.get(url)).status).toBe(404);
  });

  it.each([
    ['GET', '/patients?limit=1000', undefined, 'limit'],
    ['GET', '/patients/*', undefined, 'patientId'],
    ['GET', '/patients/patient-1%3A2', undefined, 'patientId'],
    ['GET', '/patients/patient-1%0A', undefined, 'patientId'],
    ['GET', `/patients/${'x'.repeat(90)}`, undefined, 'patientId'],
    ['GET', '/doctors/doctor-001/schedule/2026-02-30', undefined, 'date'],
    ['PATCH', '/patients/patient-000002', { phone: 'ring me' }, 'phone'],
    ['PATCH', '/patients/patient-000002', { email: 'real@hospital.com' }, 'email'],
    ['PATCH', '/patients/patient-000002', { version: 1 }, 'version'],
    ['POST', '/patients/patient-000002/history/allergies', { substance: '' }, 'substance'],
  ] as const)('answers 400 to %s %s and names the field', async (method, url, payload, field) => {
    const { status, body } = await api.ask(method, url, payload);
    expect(status).toBe(400);
    expect(body.fields[0].field).toBe(field);
  });

  it('shows writes of every kind in the next read', async () => {
    const patient = '/patients/patient-000003';
    const count = async (url: string): Promise<number> => (await api.get(url)).body.length;
    const before = {
      prescriptions: await count(`${patient}/prescriptions`),
      results: await count(`${patient}/lab-results`),
      allergies: (await api.get(`${patient}/history`)).body.allergies.length,
      records: (await api.get(`${patient}/records`)).body.records.length,
    };
    const writes = [
      await api.ask('POST', `${patient}/prescriptions`, {
        doctorId: 'doctor-001',
        medication: 'Example',
        dosage: '1-0-1',
        prescribedOn: '2026-03-02',
      }),
      await api.ask('POST', `${patient}/lab-results`, {
        test: 'Example',
        value: 5,
        unit: 'mmol/l',
        referenceLow: 4,
        referenceHigh: 6,
        takenAt: '2026-03-02T08:00:00Z',
      }),
      await api.ask('POST', `${patient}/history/allergies`, {
        substance: 'Example',
        reaction: 'none',
        severity: 'mild',
      }),
      await api.ask('POST', `${patient}/records`, {
        doctorId: 'doctor-001',
        visitedAt: '2026-03-02T08:00:00Z',
        reason: 'Example',
        notes: 'Example',
        vitals: {
          heartRatePerMinute: 60,
          systolicMmHg: 120,
          diastolicMmHg: 80,
          temperatureCelsius: 36.6,
          weightKg: 70,
        },
      }),
    ];
    expect(writes.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect({
      prescriptions: await count(`${patient}/prescriptions`),
      results: await count(`${patient}/lab-results`),
      allergies: (await api.get(`${patient}/history`)).body.allergies.length,
      records: (await api.get(`${patient}/records`)).body.records.length,
    }).toEqual({
      prescriptions: before.prescriptions + 1,
      results: before.results + 1,
      allergies: before.allergies + 1,
      records: before.records + 1,
    });
  });

  it('changes doctors and clinics, and deletes patients, without leaving old answers behind', async () => {
    await api.get('/doctors/doctor-001');
    const { body: doctor } = await api.ask('PATCH', '/doctors/doctor-001', {
      specialty: 'Example',
    });
    expect((await api.get('/doctors/doctor-001')).body).toEqual(doctor);
    await api.get('/clinics');
    const { body: clinic } = await api.ask('PATCH', '/clinics/clinic-01', {
      name: 'Example Clinic',
    });
    expect((await api.get('/clinics')).body[0]).toEqual(clinic);
    await api.get('/patients/patient-000005');
    expect((await api.ask('DELETE', '/patients/patient-000005')).status).toBe(204);
    expect((await api.get('/patients/patient-000005')).status).toBe(404);
  });

  it.each(['/../package.json', '/%2e%2e/package.json', '/a/..%5cb'])(
    'refuses the path %s',
    async (url) => {
      expect((await api.get(url)).status).toBeLessThan(500);
      expect((await api.get(url)).status).toBeGreaterThanOrEqual(400);
    },
  );

  it('is healthy, counts, and describes itself', async () => {
    const { body: health } = await api.get('/health');
    expect(Object.keys(health).sort()).toEqual([
      'connectionStatus',
      'hitRate',
      'lastHealthCheck',
      'memoryUsage',
      'status',
    ]);
    expect(health.status).toBe('healthy');
    expect((await api.get('/health/metrics')).body.stats.hits).toBeGreaterThan(0);
    const { body: description } = await api.get('/docs-json');
    expect(Object.keys(description.paths)).toEqual(
      expect.arrayContaining(['/patients/{patientId}/records', '/health']),
    );
    expect(description.paths['/patients'].get.parameters).toMatchObject([
      { name: 'limit' },
      { name: 'cursor' },
      { name: 'clinicId' },
    ]);
    expect((await api.get('/')).body).toContain('<!doctype html>');
  });
});
