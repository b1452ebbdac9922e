import type { DemoApi } from './demo-api.js';

const PATIENT = '/patients/patient-000001';

/** What the demo shows on every store: read, read again, change, read. */
export function describeJourney(open: () => Promise<DemoApi>): void {
  let api: DemoApi;
  beforeAll(async () => {
    api = await open();
  }, 120_000);
  afterAll(() => api.close());

  it('answers the second read from the cache, and says so', async () => {
    const first = await api.get(`${PATIENT}/records?includeVitals=true`);
    const second = await api.get(`${PATIENT}/records?includeVitals=true`);
    expect(first.cache).toMatch(/^Vitalcache; fwd=miss/);
    expect(second.cache).toMatch(/^Vitalcache; hit; ttl=\d+/);
    expect(second.age).toMatch(/^\d+$/);
    expect(second.body).toEqual(first.body);
  });

  it('reads what was written, at once and in lists, after a change', async () => {
    const before = await api.get(PATIENT);
    const clinic = `/patients?clinicId=${before.body.clinicId}&limit=100`;
    await api.get(clinic);
    await api.get(PATIENT);
    const change = await api.ask('PATCH', PATIENT, { phone: '+49 30 23125 777' });
    const [after, list, again] = [
      await api.get(PATIENT),
      await api.get(clinic),
      await api.get(PATIENT),
    ];
    expect(change.body.version).toBe(before.body.version + 1);
    expect(after.body).toEqual(change.body);
    expect(list.body.items).toContainEqual(change.body);
    expect(again.cache).toMatch(/hit/);
  });

  it('never reads an older version than was acknowledged, with reads and writes mixed', async () => {
    let acknowledged = 0;
    const wrong: string[] = [];
    const read = async (): Promise<void> => {
      const atLeast = acknowledged;
      const { body } = await api.get(PATIENT);
      if (body.version < atLeast) wrong.push(`${body.version} < ${atLeast}`);
    };
    const write = async (i: number): Promise<void> => {
      const { body } = await api.ask('PATCH', PATIENT, { phone: `+49 30 23125 ${100 + i}` });
      acknowledged = Math.max(acknowledged, body.version);
    };
    for (let i = 0; i < 20; i++) {
      await Promise.all([read(), read(), write(i), read(), read()]);
      await read();
    }
    expect(wrong).toEqual([]);
  });

  it('shows an appointment in the schedule as soon as it is booked', async () => {
    const doctor = '/doctors/doctor-001';
    const appointments = (await api.get(`${PATIENT}/appointments`)).body as { startsAt: string }[];
    const date = appointments[0]?.startsAt.slice(0, 10) ?? '';
    const days = [...Array(28).keys()].map((day) =>
      new Date(Date.parse(date) + day * 86_400_000).toISOString().slice(0, 10),
    );
    const schedules = await Promise.all(days.map((day) => api.get(`${doctor}/schedule/${day}`)));
    const slot = schedules
      .flatMap(({ body }) => body.slots as { startsAt: string; free: boolean }[])
      .find(({ free }) => free);
    if (!slot) throw new Error('the doctor has no free slot in four weeks');
    const booking = {
      patientId: 'patient-000001',
      doctorId: 'doctor-001',
      startsAt: slot.startsAt,
      reason: 'Check-up',
    };
    expect((await api.ask('POST', '/appointments', booking)).status).toBe(201);
    const { body } = await api.get(`${doctor}/schedule/${slot.startsAt.slice(0, 10)}`);
    expect(body.slots).toContainEqual({ ...slot, free: false });
    expect((await api.ask('POST', '/appointments', booking)).status).toBe(409);
    const { body: mine } = await api.get(`${PATIENT}/appointments`);
    expect(mine).toHaveLength(appointments.length + 1);
  });
}
