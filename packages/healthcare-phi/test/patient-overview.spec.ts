import { overviewOfPatient } from '../src/patient.overview.js';
import { clinicCache } from './support/clinic-cache.js';

describe('overviewOfPatient', () => {
  const open = clinicCache;
  type Clinic = Awaited<ReturnType<typeof clinicCache>>;
  let clinic: Clinic;
  beforeEach(async () => void (clinic = await open()));
  afterEach(() => clinic.cache.close());

  const look = (patientId: string, context = {}) =>
    clinic.as(
      () =>
        overviewOfPatient(clinic.plugin.parts, {
          patientId,
          reason: 'asked by the patient',
          namespace: 'default',
        }),
      context,
    );
  const fill = async (): Promise<void> => {
    const { cache, as, clock } = clinic;
    const load = () => ({ name: 'Ada' });
    await as(() => cache.cachePatientRecords('7', 'c1', load));
    await as(() => cache.cacheLabResults('7', 'c1', load));
    await as(() => cache.cacheLabResults('7', 'c2', load), { clinicId: 'c2' });
    await as(() => cache.cachePatientRecords('8', 'c1', load));
    await cache.settled();
    clock.advance(5_000);
  };

  it('counts by kind, with ages, and tells no value', async () => {
    await fill();
    const overview = await look('7');
    expect(overview.entries).toBe(3);
    expect([...overview.kinds].sort((a, b) => (a.kind < b.kind ? -1 : 1))).toMatchObject([
      { kind: 'labs', entries: 2, youngestMs: 5_000, oldestMs: 5_000 },
      { kind: 'patient', entries: 1, youngestMs: 5_000, oldestMs: 5_000 },
    ]);
    expect(JSON.stringify(overview)).not.toContain('Ada');
  });

  it('is on record, with the reason, also when there is nothing', async () => {
    await look('9');
    expect(clinic.audit.events.at(-1)).toMatchObject({
      event: 'read',
      actor: 'dr-1',
      patientId: '9',
      template: 'overview',
      detail: { reason: 'asked by the patient', entries: 0 },
    });
  });

  it('finds nothing of another tenant', async () => {
    await fill();
    expect(await look('7', { tenant: 'other' })).toEqual({ entries: 0, kinds: [] });
  });

  it('finds nothing after the patient was erased', async () => {
    await fill();
    await clinic.as(() => clinic.cache.erasePatient('7', { reason: 'asked' }));
    expect(await look('7')).toEqual({ entries: 0, kinds: [] });
    expect((await look('8')).entries).toBe(1);
  });

  it('is told to nobody who does not say who and why', async () => {
    const { parts } = clinic.plugin;
    const request = { patientId: '7', reason: 'r', namespace: 'default' };
    await expect(overviewOfPatient(parts, request)).rejects.toMatchObject({
      code: 'ACCESS_MISSING',
    });
    await expect(
      clinic.as(() => overviewOfPatient(parts, { ...request, reason: ' ' })),
    ).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  it('is told to nobody if it can not be recorded', async () => {
    await fill();
    const record = jest.spyOn(clinic.audit, 'record').mockRejectedValue(new Error('full'));
    await expect(look('7')).rejects.toThrow('full');
    record.mockRestore();
  });
});
