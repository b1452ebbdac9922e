import type { CacheWarmer } from '@vitalcache/core';

import { closeAll } from '../support/apps.js';
import { optionsBuilder } from './basic-usage.sample.js';
import {
  ComplianceService,
  invalidations,
  OperationsService,
  PatientService,
  PatientsService,
  UserService,
} from './healthcare.sample.js';
import { PatientRepository, UserRepository } from './repositories.js';
import { startHealthcare } from './samples.app.js';

afterEach(closeAll);

const P = 'patient-1';
const C = 'clinic-1';

describe('healthcare samples', () => {
  it('builds options for a patient', async () => {
    const { cache, asDoctor } = await startHealthcare([]);
    const key = cache.getKeyFactory().patient(P, C);
    const options = await asDoctor(() => optionsBuilder(cache, key, async () => 'records'));
    expect(options).toMatchObject({
      ttl: 1_800,
      containsPHI: true,
      patientSpecific: true,
      tags: ['patient_data', 'phi_data'],
    });
    const read = () => asDoctor(() => cache.cache(key, () => 'fresh', options));
    expect(await read()).toBe('records');
    await asDoctor(() => cache.invalidatePatientCache(P));
    expect(await read()).toBe('fresh');
  });

  describe('of a patient', () => {
    async function start() {
      const started = await startHealthcare([PatientsService, PatientRepository]);
      const service = started.module.get(PatientsService);
      const { calls } = started.module.get(PatientRepository);
      expect(calls).toBe(0);
      return { ...started, service };
    }

    it('caches records of a patient', async () => {
      const { service, asDoctor, audit } = await start();
      const ask = () => asDoctor(() => service.getPatientRecords(P, C));
      expect([(await ask()).call, (await ask()).call]).toEqual([1, 1]);
      expect(audit.map(({ event, actor }) => [event, actor])).toEqual([
        ['read', 'dr-wu'],
        ['read', 'dr-wu'],
      ]);
    });

    it('refuses to read without an access context', async () => {
      const { service } = await start();
      await expect(service.getPatientRecords(P, C)).rejects.toMatchObject({
        code: 'ACCESS_MISSING',
      });
    });

    it('hits on the second call although the end of the range is now', async () => {
      const { service, asDoctor } = await start();
      const first = await asDoctor(() => service.getMedicalHistory(P, C));
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await asDoctor(() => service.getMedicalHistory(P, C))).toEqual(first);
    });

    it('says how old emergency data is', async () => {
      const { service, asDoctor } = await start();
      const ask = () => asDoctor(() => service.getEmergencyContacts(P));
      expect(await ask()).toMatchObject({ data: { call: 1 }, stale: false, source: 'origin' });
      const { data, stale, source, asOf, ageMs } = await ask();
      expect({ data: data.call, stale, source }).toEqual({
        data: 1,
        stale: false,
        source: 'cache',
      });
      expect([new Date(asOf).getTime(), ageMs]).toEqual([expect.any(Number), expect.any(Number)]);
    });

    it('invalidates a patient on update, and leaves others', async () => {
      const { service, asDoctor } = await start();
      const ask = (id: string) => asDoctor(() => service.getPatientRecords(id, C));
      const other = await ask('patient-2');
      const { call } = await ask(P);
      const data = { clinicId: C, name: 'new' };
      expect(await asDoctor(() => service.updatePatient(P, data))).toEqual({
        patientId: P,
        ...data,
      });
      expect((await ask(P)).call).toBe(call + 1);
      expect(await ask('patient-2')).toEqual(other);
    });

    it('clears all PHI and counts it', async () => {
      const { service, asDoctor } = await start();
      for (const id of [P, 'patient-2']) await asDoctor(() => service.getPatientRecords(id, C));
      expect(await asDoctor(() => service.clearPHIData())).toEqual({ clearedCount: 2 });
      expect(await asDoctor(() => service.clearPHIData())).toEqual({ clearedCount: 0 });
    });
  });

  it('gives the nine numbers', async () => {
    const { module, cache } = await startHealthcare([OperationsService]);
    for (let i = 0; i < 4; i++) await cache.cache('key', () => 1);
    const metrics = await module.get(OperationsService).getCacheMetrics();
    expect(metrics).toEqual({
      totalRequests: 4,
      successfulRequests: 4,
      failedRequests: 0,
      averageResponseTime: expect.any(Number),
      cacheHitRate: 0.75,
      memoryUsage: expect.any(Number),
      connectionPoolUtilization: 0,
      throughput: expect.any(Number),
      errorRate: 0,
    });
    expect(metrics.memoryUsage).toBeGreaterThan(0);
  });

  it('warms a clinic and those whom it expects', async () => {
    const warmed: string[] = [];
    const warmer = (kind: 'clinic' | 'patient'): CacheWarmer => ({
      name: kind,
      kinds: [kind],
      items: ({ clinicId }) => [
        { key: `${kind}s:${clinicId}`, load: () => warmed.push(`${kind} of ${clinicId}`) },
      ],
    });
    const { module } = await startHealthcare(
      [OperationsService],
      [warmer('clinic'), warmer('patient')],
    );
    expect(await module.get(OperationsService).warmCache(C)).toEqual({
      success: true,
      message: 'Cache warming completed',
    });
    expect(warmed).toEqual(expect.arrayContaining([`clinic of ${C}`, `patient of ${C}`]));
  });

  it('runs every invalidation, each with its effect', async () => {
    const { cache, asDoctor } = await startHealthcare([]);
    const reads: Record<string, () => Promise<unknown>> = {
      key: () => cache.cache('users:123', () => ({})),
      pattern: () => cache.cache('users:9', () => ({})),
      tag: () => cache.cache('list', () => ({}), { tags: ['users'] }),
      patient: () => cache.cachePatientRecords('patient123', 'clinic456', () => ({})),
      doctor: () => cache.cacheDoctorProfile('doctor789', 'clinic456', () => ({})),
      appointment: () => cache.cacheAppointment('appointment101', 'clinic456', () => ({})),
      clinic: () => cache.cacheClinicData('clinic456', 'doctors', () => ({})),
    };
    let loads = 0;
    const untouched = () => cache.cache('elsewhere', () => ++loads);
    const readAll = () => asDoctor(() => Promise.all(Object.values(reads).map((read) => read())));
    const [before, kept] = [await readAll(), await untouched()];
    expect(await readAll()).toEqual(before);
    await asDoctor(() => invalidations(cache));
    (await readAll()).forEach((value, index) => expect(value).not.toBe(before[index]));
    expect([kept, await untouched()]).toEqual([1, 1]);
  });

  describe('of compliance', () => {
    async function start() {
      const started = await startHealthcare([ComplianceService, PatientRepository]);
      return { ...started, service: started.module.get(ComplianceService) };
    }

    it('protects what is marked', async () => {
      const { service, asDoctor, audit } = await start();
      for (const method of ['recordsOf', 'profileOf'] as const) {
        await expect(service[method](P)).rejects.toMatchObject({ code: 'ACCESS_MISSING' });
        const { call } = await asDoctor(() => service[method](P));
        expect((await asDoctor(() => service[method](P))).call).toBe(call);
      }
      expect(audit.filter(({ event }) => event === 'read')).toHaveLength(4);
    });

    it('deletes a patient, and everybody from the cache: clearPHICache is for all', async () => {
      const { service, cache, lines, asDoctor } = await start();
      const read = (id: string) => asDoctor(() => cache.cachePatientRecords(id, C, () => ({})));
      const [one, other] = [await read(P), await read('patient-2')];
      await asDoctor(() => service.deletePatientData(P));
      await asDoctor(() => cache.invalidateAppointmentCache('a', P, 'd', C));
      await asDoctor(() => cache.invalidatePrescriptionCache(P));
      expect(lines.warnings.filter((line) => line.startsWith('An invalidation'))).toEqual([]);
      expect(await read(P)).not.toBe(one);
      expect(await read('patient-2')).not.toBe(other);
    });

    it('with invalidatePatientCache or erasePatient alone, other patients stay', async () => {
      const { cache, asDoctor } = await start();
      const read = (id: string) => asDoctor(() => cache.cachePatientRecords(id, C, () => ({})));
      await read('patient-2');
      let calls = 0;
      const mine = () => asDoctor(() => cache.cachePatientRecords(P, C, () => ++calls));
      await mine();
      await asDoctor(() => cache.invalidatePatientCache(P));
      expect(await mine()).toBe(2);
      expect(
        await asDoctor(() => cache.cachePatientRecords('patient-2', C, () => 'loaded')),
      ).toEqual({});
      await asDoctor(() => cache.erasePatient(P, { reason: 'asked for' }));
      expect(await mine()).toBe(3);
      const again = await asDoctor(() => cache.cachePatientRecords('patient-2', C, () => 'loaded'));
      expect(again).toEqual({});
    });
  });

  describe('UserService', () => {
    async function start() {
      const started = await startHealthcare([UserService, UserRepository]);
      return { ...started, users: started.module.get(UserService) };
    }

    it('caches users, and delete invalidates nothing of them', async () => {
      const { users, cache, lines, asDoctor } = await start();
      const one = () => asDoctor(() => users.findOne('7'));
      const all = () => asDoctor(() => users.findAll('doctor'));
      const before = [await one(), await all()];
      expect([await one(), await all()]).toEqual(before);
      const byPattern = jest.spyOn(cache, 'invalidateCacheByPattern');
      const byTag = jest.spyOn(cache, 'invalidateCacheByTag');
      expect(await asDoctor(() => users.delete('7'))).toEqual({ deleted: '7' });
      // Its entries are called users:one:7 and tagged users, user_lists, user_details: neither user:7:* nor user:7.
      const results = [byPattern, byTag].map(
        ({ mock }) => mock.results[0]?.value as Promise<object>,
      );
      for (const result of await Promise.all(results)) {
        expect((result as { removed: number | null }).removed ?? 0).toBe(0);
      }
      expect([await one(), await all()]).toEqual(before);
      expect(lines.warnings.slice(-2)).toEqual([
        expect.stringMatching(
          /a pattern concerns no key .*near: users:all:\{role\}, users:one:\{id\}/,
        ),
        expect.stringMatching(/a tag concerns no tag .*near: users\)/),
      ]);
    });
  });

  describe('PatientService', () => {
    async function start() {
      const started = await startHealthcare([PatientService, PatientRepository]);
      return { ...started, patients: started.module.get(PatientService) };
    }

    it('updates the profile that is cached apart from any clinic', async () => {
      const { patients, asDoctor } = await start();
      const profile = () => asDoctor(() => patients.getPatientProfile(P));
      const history = () => asDoctor(() => patients.getPatientMedicalHistory(P, C));
      const [one, two] = [(await profile()).call, (await history()).call];
      expect([(await profile()).call, (await history()).call]).toEqual([one, two]);
      await asDoctor(() => patients.updatePatientRecord(P, C, { name: 'new' }));
      expect((await profile()).call).toBeGreaterThan(two);
      expect((await history()).call).toBeGreaterThan(two);
    });

    it('has emergency contacts with their age, renewed by the same update', async () => {
      const { patients, asDoctor } = await start();
      const contacts = () => asDoctor(() => patients.getEmergencyContacts(P));
      expect([(await contacts()).source, (await contacts()).source]).toEqual(['origin', 'cache']);
      await asDoctor(() => patients.updatePatientRecord(P, C, {}));
      expect((await contacts()).source).toBe('origin');
    });
  });
});
