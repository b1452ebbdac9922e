import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CacheService, type CacheOptions } from '@vitalcache/core';
import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';
import {
  CANARY_MARKS,
  CANARY_PATIENT,
  CanarySweep,
  describeWithRedis,
  filePlace,
  recordOutput,
  startProxy,
  startStore,
  until,
  watchRedis,
  type CanaryPlace,
  type FaultProxy,
  type OutputRecording,
  type RedisWatch,
  type TestStore,
} from '@vitalcache/testing';
import { Redis } from 'ioredis';

import { markedClinic, type MarkedClinic } from './support/marked-clinic.js';

const { name, mrn, email, note } = CANARY_PATIENT;
/** Patients, a doctor, a clinic and an appointment, each known by a mark. */
const [PATIENTS, CLINIC] = [[name, mrn, email], `clinic-${mrn}`];
/** Stands in values and nowhere else: not even the audit may know it. */
const DIAGNOSIS = 'diagnosis of the marked patient';
const RECORD = {
  ...CANARY_PATIENT,
  diagnosis: DIAGNOSIS,
  born: new Date(0),
  notes: new Map([[name, [note]]]),
  scan: Buffer.from(note),
};
const PHI: CacheOptions = { containsPHI: true, ttl: 60, template: 'patient:{id}:chart' };

/** What an application throws may say anything. */
class OwnError extends Error {}
const failing = (): never => {
  throw new OwnError(note);
};
const README = readFileSync(join(__dirname, '../../provider-redis/README.md'), 'utf8');
const RULE = /^ACL SETUSER cache .*$/m.exec(README)?.[0].split(' ').slice(1) ?? [];

/** Everything is done at once, on machines that have more to do. */
jest.setTimeout(120_000);

/**
 * Marked patients go through everything that the package does, with a cache that may do no more than the ACL rule says; then
 * all that is written, told or logged anywhere is searched for them.
 */
describeWithRedis(
  'a clinic whose patients are marked',
  (store) => {
    let keys: TestStore;
    let admin: Redis;
    let proxies: { readonly store: FaultProxy; readonly keys: FaultProxy };
    let watches: readonly RedisWatch[];
    let output: OutputRecording;
    let clinic: MarkedClinic;

    beforeAll(async () => {
      keys = await startStore('redis', { args: ['--save', '', '--logfile', 'server.log'] });
      admin = new Redis(store().url);
      await admin.call('ACL', ...RULE);
      watches = await Promise.all([store().url, keys.url].map((url) => watchRedis(url)));
      output = recordOutput();
      const [values, secrets] = await Promise.all(
        [store().url, keys.url].map((url) => startProxy({ port: Number(new URL(url).port) })),
      );
      proxies = { store: values as FaultProxy, keys: secrets as FaultProxy };
      clinic = await markedClinic({
        url: `redis://127.0.0.1:${proxies.store.port}`,
        keyStoreUrl: `redis://127.0.0.1:${proxies.keys.port}`,
        isOwnError: (error) => error instanceof OwnError,
      });
    });
    afterAll(async () => {
      output.stop();
      await Promise.all([proxies.store.heal(), proxies.keys.heal()]);
      await clinic.close();
      await Promise.all(watches.map((watch) => watch.stop()));
      await Promise.all([proxies.store.close(), proxies.keys.close()]);
      admin.disconnect();
      await keys.stop();
    });

    /** Everything but what only ends the cache. */
    const places = (): readonly CanaryPlace[] => {
      const [values, secrets] = watches as [RedisWatch, RedisWatch];
      const ofKeys = secrets.places
        .filter((place) => place.name !== 'AOF') // it has none
        .map((place) => ({ ...place, name: `key store: ${place.name}` }));
      return [...values.places, ...ofKeys, output.place, ...clinic.places];
    };

    const readAll = async (patientId: string): Promise<void> => {
      const { cache, as } = clinic;
      const load = () => RECORD;
      const parts = { includeHistory: true, includeVitals: true };
      for (let i = 0; i < 2; i++) {
        await as(() => cache.cachePatientRecords(patientId, CLINIC, load, parts));
        await as(() => cache.cachePatientRecords(patientId, 'default', load));
        await as(() => cache.cacheMedicalHistory(patientId, CLINIC, load, { includeTests: true }));
        await as(() => cache.cachePrescriptions(patientId, CLINIC, load));
        await as(() => cache.cacheLabResults(patientId, CLINIC, load));
        await as(() => cache.cacheAppointment(`a-${mrn}`, CLINIC, load, { patientId }));
        await as(() => cache.cacheDoctorProfile(email, CLINIC, load));
        await as(() => cache.cacheDoctorSchedule(email, CLINIC, '2026-01-31', load));
        await as(() => cache.cacheClinicData(CLINIC, 'appointments', load));
        await as(() => cache.cacheEmergencyData(patientId, load));
        await cache.settled();
      }
    };

    it('reads of all kinds, missed and hit, and writes', async () => {
      const { cache, as, errors } = clinic;
      for (const patientId of PATIENTS) await readAll(patientId);
      for (const complianceLevel of ['sensitive', 'restricted'] as const) {
        const options = { ...PHI, complianceLevel, subject: { patientId: mrn } };
        await as(() => cache.cache(`patient:${mrn}:${complianceLevel}`, () => RECORD, options));
        await as(() => cache.cache(`patient:${mrn}:${complianceLevel}`, () => RECORD, options));
      }
      const key = `patient:${mrn}:chart`;
      await as(() => cache.set(key, RECORD, PHI));
      await as(() => cache.update(key, () => ({ ...RECORD, note: `${note}!` }), PHI));
      await as(() => cache.batchSet([{ key, value: RECORD, ...PHI }]));
      await as(() => cache.cacheMany([key], () => [RECORD], PHI));
      await as(() => cache.cache(`session:${email}`, () => RECORD, { encrypt: true, ttl: 60 }));
      await as(() => cache.cache(`public:${email}`, () => 'x', { ttl: 60, tags: [`tag ${mrn}`] }));
      const stale = { ...PHI, ttl: 60, staleTime: 0.001 };
      await as(() => cache.cache(`patient:${mrn}:soon`, () => RECORD, stale));
      await as(() => cache.batchGet([key, `public:${email}`]));
      await cache.settled();
      expect(errors).toEqual([]);
    });

    it('invalidations by everything', async () => {
      const { cache, as, errors } = clinic;
      const calls: (() => Promise<unknown>)[] = [
        () => cache.invalidatePatientCache(name, CLINIC),
        () => cache.invalidateDoctorCache(email, CLINIC),
        () => cache.invalidateAppointmentCache(`a-${mrn}`, mrn, email, CLINIC),
        () => cache.invalidateClinicCache(CLINIC),
        () => cache.invalidatePrescriptionCache(mrn),
        () => cache.invalidateLabResultsCache(mrn, CLINIC),
        () => cache.invalidateCacheByTag(`patient:${mrn}`),
        () => cache.invalidateCacheByTag(`tag ${mrn}`, { mode: 'stale', settleMs: 10 }),
        () => cache.invalidateCacheByPattern(`labs:${mrn}:*`),
        () => cache.invalidateCacheByPattern(`public:*${email}`),
        () => cache.invalidateCache(`patient:${mrn}:chart`),
        () => cache.del(`session:${email}`),
        () => cache.batchDelete([`public:${email}`, `patient:${mrn}:chart`]),
      ];
      for (const call of calls) await as(call);
      expect(errors).toEqual([]);
    });

    it('break-glass, legal hold, erasure and purge', async () => {
      const { cache, as, errors, plugin, tell } = clinic;
      const { breakGlass, holds } = plugin.parts;
      await readAll(mrn);
      await as(async () => {
        const request = { patientId: mrn, reasonCode: 'unconscious', reasonText: note, minutes: 5 };
        const { token } = (await breakGlass?.open(request)) ?? { token: '' };
        await breakGlass?.use(token, () =>
          cache.cachePatientRecords(mrn, 'another clinic', () => RECORD),
        );
        await breakGlass?.close(token);
      });
      await as(() => holds.place({ patientId: mrn, reason: note }));
      expect(errors).toEqual([]);
      await as(() => cache.erasePatient(mrn, { reason: note }));
      expect(errors).toMatchObject([{ code: 'LEGAL_HOLD' }]);
      await as(() => holds.lift({ patientId: mrn, reason: note }));
      await as(async () => tell(await cache.erasePatient(mrn, { reason: note })));
      await as(async () => tell(await cache.purge()));
      expect(errors).toHaveLength(1);
      await readAll(mrn);
    });

    it('refusals and bad input', async () => {
      const { cache, as, errors, tell } = clinic;
      const before = errors.length;
      const load = () => RECORD;
      const cyclic: Record<string, unknown> = { note };
      cyclic['self'] = cyclic;
      const key = `patient:${mrn}:chart`;
      const calls: (() => unknown)[] = [
        () => cache.cachePatientRecords('', CLINIC, load),
        () => cache.cachePatientRecords(7 as never, CLINIC, load),
        () => cache.cache(`patient:${note}`, load, PHI),
        () => cache.cache(key, load, { ...PHI, ttl: 999_999 }),
        () => cache.cache(key, load, { ...PHI, tags: [note] }),
        () => cache.cache(key, note as never, PHI),
        () => cache.cache(key, load, { ...PHI, complianceLevel: note as never }),
        () => cache.invalidateCacheByPattern(`patient:${mrn}*:records`),
        () => cache.invalidateCacheByPattern(note.repeat(10)),
        () => cache.invalidateCacheByTag(note),
        () => cache.cacheMedicalHistory(mrn, CLINIC, load, { timeRange: note as never }),
        () => cache.cacheDoctorSchedule(email, CLINIC, note, load),
        () => cache.set(key, cyclic, PHI),
        () => cache.set(key, () => note, PHI),
        () => cache.set(key, 'x'.repeat(70_000) + note, PHI),
        () => cache.waitFor(note),
      ];
      for (const call of calls) await as(call);
      expect(errors.length - before).toBeGreaterThanOrEqual(calls.length - 4); // some values are only not cached
      const asked = errors.length;
      await as(() => cache.cachePatientRecords(mrn, CLINIC, load), { actor: `eve ${mrn}` });
      await as(() => cache.cachePatientRecords(mrn, `clinic-of-${email}`, load));
      await as(
        () =>
          cache.cache(`patient:${mrn}:restricted`, load, { ...PHI, complianceLevel: 'restricted' }),
        { purpose: 'HRESCH' },
      );
      expect(errors.length - asked).toBe(3);
      // Nobody asks.
      await cache.cachePatientRecords(mrn, CLINIC, load).catch((error: unknown) => tell(error));
      await as(() => cache.cachePatientRecords(email, CLINIC, failing, { forceRefresh: true }));
      await as(() => cache.update(key, failing, PHI));
      await as(() => cache.cache(key, load, { ...PHI, tags: failing }));
      await as(() =>
        cache.cache(
          `patient:${mrn}:slow`,
          () => new Promise((resolve) => setTimeout(() => resolve(RECORD), 300).unref()),
          { ...PHI, hardTimeoutMs: 20 },
        ),
      );
    });

    it('tampering with what is stored', async () => {
      const { as, cache } = clinic;
      await readAll(email);
      for (const key of await admin.keys('vc:clinic:e:*')) {
        const bytes = (await admin.getBuffer(key)) as Buffer;
        bytes[bytes.length - 20] = (bytes[bytes.length - 20] as number) ^ 1;
        await admin.set(key, bytes, 'PX', 60_000);
      }
      await admin.xadd('vc:{clinic}:journal', '*', 'k', 'g', 'b', 'made up:*');
      await as(() => cache.cacheLabResults(email, CLINIC, () => RECORD, { consistency: 'strong' }));
      await readAll(email);
    });

    it('an audit, a key store and a store that fail in every way', async () => {
      const { cache, as, sink, errors } = clinic;
      const load = () => RECORD;
      const restricted = { ...PHI, complianceLevel: 'restricted' } as const;
      const calls: readonly (() => unknown)[] = [
        () => cache.cachePatientRecords(mrn, CLINIC, load, { forceRefresh: true }),
        () => cache.cacheLabResults(name, CLINIC, load),
        () => cache.cache(`patient:${mrn}:restricted`, load, restricted),
        () => cache.cacheEmergencyData(mrn, failing),
        () => cache.set(`patient:${mrn}:chart`, RECORD, PHI),
        () => cache.update(`patient:${mrn}:chart`, () => RECORD, PHI),
        () => cache.invalidatePatientCache(mrn),
        () => cache.invalidateCacheByPattern(`labs:${mrn}:*`, { whenQueued: 'throw' }),
        () => cache.del(`patient:${mrn}:chart`),
        () => cache.erasePatient(name, { reason: note }),
      ];
      const tryAll = async (): Promise<void> => {
        await Promise.all(calls.map((call) => as(call)));
      };
      const isBack = async (): Promise<boolean> => (await cache.status()).store.connected;
      sink.isDown = true;
      await tryAll();
      sink.isDown = false;
      proxies.keys.refuse();
      proxies.keys.cut();
      await tryAll();
      await proxies.keys.heal();
      await admin.config('SET', 'maxmemory', '1');
      await tryAll();
      await admin.config('SET', 'maxmemory', '0');
      proxies.store.stall({ new: true });
      await tryAll();
      await proxies.store.heal();
      await until('the store is back', isBack, 20_000);
      proxies.store.refuse();
      proxies.store.cut();
      await tryAll();
      await proxies.store.heal();
      await until('the store is back', isBack, 20_000);
      const codes = new Set(errors.map((error) => (error as { code?: string }).code));
      expect([...codes]).toEqual(expect.arrayContaining(['NOT_RECORDED']));
    });

    it('reports of all kinds', async () => {
      const { cache, as, tell, plugin } = clinic;
      await as(async () => {
        tell(await cache.status());
        tell(await cache.getCacheHealthReport());
        tell(await cache.getCacheStats());
        tell(await cache.getCacheMetrics());
        tell(await cache.getHealthcareCacheMetrics());
        tell(await cache.explain(`patient:${mrn}:chart`));
        tell(plugin.health());
        tell(plugin.metrics());
        tell(cache.tokenOf());
        tell(await cache.clearPHICache({ shred: true }));
      });
      await readAll(mrn); // with keys of its own again
    });

    it('leave no mark anywhere', async () => {
      const report = await new CanarySweep([...CANARY_MARKS, DIAGNOSIS]).search(places());
      expect(report.findings).toEqual([]);
      expect(report.unread).toEqual([]);
      const empty = Object.entries(report.searched).filter(([, bytes]) => bytes === 0);
      // Nobody was refused anything by the key store, which has no streams; and nothing was printed.
      expect(empty.map(([place]) => place).sort()).toEqual([
        'key store: ACL LOG',
        'key store: streams',
        'output',
      ]);
    });

    it('leave in the audit who was asked for, and nothing of what was cached', async () => {
      const log = filePlace('audit log', clinic.auditDirectory);
      const { findings } = await new CanarySweep([mrn, DIAGNOSIS]).search([log]);
      expect([...new Set(findings.map(({ mark }) => mark))]).toEqual([0]);
    });

    it('would be found where a cache without protection keeps them', async () => {
      const provider = new RedisCacheProvider(new RedisService({ url: store().url }));
      const cache = new CacheService(provider, {
        namespace: 'plain',
        compression: { compressor: 'none', thresholdBytes: 0 },
      });
      await cache.cache(`patient:${mrn}:chart`, () => RECORD, { ttl: 60 });
      await cache.invalidateCacheByPattern(`labs:${mrn}*x`);
      await cache.settled();
      clinic.tell({ key: mrn });
      const { findings } = await new CanarySweep([mrn]).search(places());
      const found = new Set(findings.map(({ place }) => place));
      expect([...found].sort()).toEqual(
        [
          'AOF',
          'MONITOR',
          'RDB',
          'SLOWLOG',
          'keys',
          'keyspace events',
          'reports',
          'streams',
        ].sort(),
      );
      await cache.close();
    });
  },
  {
    needs: ['configure'],
    args: ['--appendonly', 'yes', '--logfile', 'server.log', '--acllog-max-len', '1000'],
  },
);
