import {
  CacheError,
  type CacheOptions,
  type ICacheMiddleware,
  type ICacheProvider,
} from '@vitalcache/core';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';
import { ChaosProvider } from '@vitalcache/testing';

import type { AccessRequest } from '../src/access/authorizer.js';
import { HealthcareCacheService } from '../src/healthcare-cache.service.js';
import { MemoryKeyStore } from '../src/keys/stores/memory-key.store.js';
import { clinicCache } from './support/clinic-cache.js';

/** What the store has: names and bytes, as text. */
async function contents(store: ICacheProvider): Promise<string> {
  const found: string[] = [];
  await store.visitKeys?.('*', (keys) => void found.push(...keys), 10_000);
  const values = await Promise.all(found.map((key) => store.get(key)));
  return [...found, ...values.map((value) => Buffer.from(value ?? []).toString('latin1'))].join(
    '\n',
  );
}

describe('HealthcareCacheService', () => {
  describe('the document’s samples', () => {
    it('shows the new profile after an update at a clinic, although it is kept under clinic default', async () => {
      const { cache, as } = await clinicCache();
      let name = 'Ann';
      const profile = () =>
        as(() =>
          cache.cachePatientRecords('p-1', 'default', () => ({ name }), {
            includeHistory: false,
            includePrescriptions: false,
            includeVitals: false,
          }),
        );
      await profile();
      name = 'Anna';
      expect(await profile()).toEqual({ name: 'Ann' });
      await as(() => cache.invalidatePatientCache('p-1', 'clinic-1'));
      expect(await profile()).toEqual({ name: 'Anna' });
    });

    it('hits the second time with a range up to now', async () => {
      const { cache, as } = await clinicCache();
      const load = jest.fn(() => ['2024']);
      const history = (end: string) =>
        as(() =>
          cache.cacheMedicalHistory('p-1', 'c-1', load, {
            timeRange: { start: new Date('2023-01-01'), end: new Date(end) },
            includeTests: true,
            includeImages: true,
          }),
        );
      await history('2026-05-05T09:00:00.001Z');
      await history('2026-05-05T09:00:07Z');
      expect(load).toHaveBeenCalledTimes(1);
      await history('2026-05-06T09:00:00Z');
      expect(load).toHaveBeenCalledTimes(2);
    });

    it('keeps parts apart: with prescriptions is other data than without', async () => {
      const { cache, as } = await clinicCache();
      const records = (includePrescriptions?: boolean) =>
        as(() =>
          cache.cachePatientRecords('p-1', 'c-1', () => ({ includePrescriptions }), {
            ...(includePrescriptions !== undefined && { includePrescriptions }),
          }),
        );
      expect(await records(true)).toEqual({ includePrescriptions: true });
      expect(await records(false)).toEqual({ includePrescriptions: false });
      expect(await records()).toEqual({ includePrescriptions: false });
    });

    it('leaves other patients alone', async () => {
      const { cache, as } = await clinicCache();
      const load = jest.fn(() => 1);
      await as(() => cache.cachePatientRecords('p-2', 'c-1', load));
      await as(() => cache.invalidatePatientCache('p-1'));
      await as(() => cache.erasePatient('p-1'));
      await as(() => cache.cachePatientRecords('p-2', 'c-1', load));
      expect(load).toHaveBeenCalledTimes(1);
    });

    it('hands emergency data out with its age', async () => {
      const { cache, as, clock } = await clinicCache();
      const read = () => as(() => cache.cacheEmergencyData('p-1', () => ['penicillin']));
      expect(await read()).toMatchObject({ data: ['penicillin'], stale: false, source: 'origin' });
      await cache.settled();
      clock.advance(10_000);
      expect(await read()).toMatchObject({ stale: false, ageMs: 10_000, source: 'cache' });
    });
  });

  it('has the healthcare keys', async () => {
    const { cache } = await clinicCache();
    const keys = cache.getKeyFactory();
    expect(keys.patient('patient-123', 'clinic-456', 'records')).toBe(
      'patient:patient-123:clinic:clinic-456:records',
    );
    expect(keys.labResults('p', 'c')).toBe('labs:p:clinic:c');
  });

  it('removes physically what it makes invalid, and counts it', async () => {
    const { cache, as, store } = await clinicCache();
    await as(async () => {
      await cache.cachePatientRecords('p-1', 'c-1', () => 1);
      await cache.cacheMedicalHistory('p-1', 'c-1', () => 1);
      await cache.cachePatientRecords('p-1', 'c-2', () => 1);
      await cache.cachePatientRecords('p-2', 'c-1', () => 1);
      await cache.settled();
      expect(await cache.invalidatePatientCache('p-1', 'c-1')).toMatchObject({
        recorded: true,
        removed: 2,
      });
      expect(await cache.invalidateCacheByTag('patient:p-1')).toMatchObject({ removed: 1 });
      expect(await cache.clearPHICache()).toBe(1);
    });
    let entries = 0;
    await (store as MemoryCacheProvider).visitKeys(
      'vc:*:e:*',
      (page) => void (entries += page.length),
      1_000,
    );
    expect(entries).toBe(0);
  });

  it('clears one tenant without the others', async () => {
    const { cache, as } = await clinicCache({ authorize: () => true });
    const loads = { a: jest.fn(() => 1), b: jest.fn(() => 1) };
    const read = (tenant: 'a' | 'b') =>
      as(() => cache.cachePatientRecords('p-1', 'c-1', loads[tenant]), { tenant });
    await read('a');
    await read('b');
    await cache.settled();
    expect(await as(() => cache.clearPHICache({ tenant: 'a' }))).toBe(1);
    await read('a');
    await read('b');
    expect([loads.a.mock.calls.length, loads.b.mock.calls.length]).toEqual([2, 1]);
  });

  it('never shows a clinic what another has', async () => {
    const { cache, as } = await clinicCache();
    await as(() => cache.cacheClinicData('c-1', 'doctors', () => ['x']), { clinicId: 'c-1' });
    await expect(
      as(() => cache.cacheClinicData('c-1', 'doctors', () => ['y']), { clinicId: 'c-2' }),
    ).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  });

  it('reads schedules and free slots up to the head of the journal', async () => {
    const seen: unknown[] = [];
    const { cache, as } = await clinicCache({
      config: {
        middleware: [
          {
            name: 'looking',
            handle: (operation, next) => {
              seen.push([operation.template, operation.options?.consistency]);
              return next();
            },
          },
        ],
      },
    });
    await as(async () => {
      await cache.cacheDoctorSchedule('d', 'c', '2026-01-31', () => 1);
      await cache.cacheClinicData('c', 'slots', () => 1);
      await cache.cacheClinicData('c', 'doctors', () => 1);
      await cache.cacheClinicData('c', 'slots', () => 1, { consistency: 'eventual' });
    });
    expect(seen).toEqual([
      ['doctor:{doctorId}:clinic:{clinicId}:schedule:{date}', 'strong'],
      ['clinic:{clinicId}:{what}', 'strong'],
      ['clinic:{clinicId}:{what}', 'eventual'],
      ['clinic:{clinicId}:{what}', 'eventual'],
    ]);
  });

  it('lives for as long as the variable of its kind of data says', async () => {
    const { cache, as, clock } = await clinicCache({
      ttl: { labResults: 60 },
      config: { defaults: { jitterRatio: 0 } },
    });
    const load = jest.fn(() => 1);
    const read = () => as(() => cache.cacheLabResults('p', 'c', load));
    await read();
    await cache.settled();
    clock.advance(59_000);
    await read();
    expect(load).toHaveBeenCalledTimes(1);
    clock.advance(1_001);
    await read();
    expect(load).toHaveBeenCalledTimes(2);
  });

  it.each<[string, (cache: Awaited<ReturnType<typeof clinicCache>>['cache']) => Promise<unknown>]>([
    ['patient', (cache) => cache.invalidatePatientCache('', 'c')],
    ['clinic', (cache) => cache.invalidatePatientCache('p', 7 as never)],
    ['appointment', (cache) => cache.invalidateAppointmentCache(null as never)],
    ['erasure', (cache) => cache.erasePatient(undefined as never)],
  ])('refuses an id that is none: %s', async (_, call) => {
    const { cache, as } = await clinicCache();
    await expect(as(async () => call(cache))).rejects.toMatchObject({ code: 'KEY_INVALID' });
  });

  it('rejects an invalidation that was not recorded, unless told otherwise', async () => {
    const chaos = new ChaosProvider(new MemoryCacheProvider());
    const { cache, as } = await clinicCache({
      provider: chaos,
      config: { invalidationDeadlineMs: 50 },
    });
    chaos.fault('append', { kind: 'throw' });
    await expect(as(() => cache.invalidatePatientCache('p'))).rejects.toMatchObject({
      code: 'NOT_RECORDED',
    });
    await expect(as(() => cache.clearPHICache())).rejects.toMatchObject({ code: 'NOT_RECORDED' });
    const queued = as(() => cache.invalidateDoctorCache('d', 'c', { whenQueued: 'resolve' }));
    expect(await queued).toMatchObject({ recorded: false, queued: true });
    chaos.heal();
    await cache.close();
  });

  it('makes invalid what the index does not know: it was down, or the process ended before', async () => {
    const chaos = new ChaosProvider(new MemoryCacheProvider());
    const { cache, as } = await clinicCache({ provider: chaos });
    chaos.fault('index', { kind: 'throw' });
    const load = jest.fn(() => 1);
    const read = () => as(() => cache.cachePatientRecords('p', 'c', load));
    await read();
    await cache.settled();
    expect(await as(() => cache.invalidatePatientCache('p'))).toMatchObject({
      recorded: true,
      removed: null,
    });
    await read();
    expect(load).toHaveBeenCalledTimes(2);
    await cache.close();
  });

  it('refuses a wildcard inside the id of a patient', async () => {
    const { cache, as } = await clinicCache();
    await expect(as(() => cache.invalidateCacheByPattern('patient:7*'))).rejects.toMatchObject({
      code: 'PATTERN_INVALID',
    });
  });

  it('reports data of patients that is not declared, once for each template', async () => {
    const { cache, as, warnings } = await clinicCache({ reportsUndeclared: true });
    await as(async () => {
      await cache.cache('patient:7:notes', () => 1, { template: 'patient:{id}:notes' });
      await cache.cache('patient:8:notes', () => 1, { template: 'patient:{id}:notes' });
      await cache.cache('x', () => 1, { template: 'tagged', tags: ['patient:7'] });
      await cache.cache('users:7', () => 1, { template: 'users:{id}' });
    });
    expect(warnings).toEqual([
      expect.stringContaining('Entries of patient:{id}:notes name a patient'),
      expect.stringContaining('Entries of tagged name a patient'),
    ]);
  });

  it('lets hits of the shared tier on what is not protected take the short way, and reports them', async () => {
    const provider = new MemoryCacheProvider();
    const keyStore = new MemoryKeyStore();
    const writer = await clinicCache({ provider, keyStore, reportsUndeclared: false });
    const shared = { provider, keyStore, keyring: writer.keyring };
    const handled: string[] = [];
    const watcher: ICacheMiddleware = {
      name: 'watcher',
      onFreshHit: () => undefined,
      onSharedHit: () => undefined,
      handle: (operation, next) => {
        handled.push(operation.template);
        return next();
      },
    };
    const config = { l1MaxBytes: 0, middleware: [watcher] };
    const reader = await clinicCache({ ...shared, config, reportsUndeclared: true });
    const refuse = (): never => {
      throw new Error('a hit was expected');
    };
    for (const { cache, as } of [writer, reader]) {
      const load = cache === writer.cache ? () => 'stored' : refuse;
      await as(async () => {
        const plain = { template: 'patient:{id}:notes' };
        expect(await cache.cache('patient:7:notes', load, plain)).toBe('stored');
        const sealed = { template: 'patient:{id}:files', containsPHI: true };
        expect(await cache.cache('patient:7:files', load, sealed)).toBe('stored');
        await cache.settled();
      });
    }
    expect(handled).toEqual(['patient:{id}:files']);
    expect(reader.warnings).toEqual([
      expect.stringContaining('Entries of patient:{id}:notes name a patient'),
    ]);
    expect(reader.audit.events.filter(({ event }) => event === 'read')).toHaveLength(1);
    // What is sealed has another name: nobody meets it who does not say what it is.
    expect(await reader.cache.cache('patient:7:files', () => 'loaded', { ttl: 60 })).toBe('loaded');
    for (const { cache } of [writer, reader]) await cache.close();
  });

  it('keeps nothing in clear: no value, no id, no key, no tag', async () => {
    const { cache, as, store } = await clinicCache();
    await as(async () => {
      const patient = { name: 'MARKED-NAME', note: 'MARKED-NOTE' };
      await cache.cachePatientRecords('MARKED-ID', 'MARKED-CLINIC', () => patient);
      await cache.cache('users:MARKED-USER', () => 1, { tags: ['MARKED-TAG'] });
      await cache.settled();
      await cache.invalidateCacheByPattern('users:MARKED*');
    });
    await cache.settled();
    const text = await contents(store);
    expect(text.length).toBeGreaterThan(500);
    expect(text).not.toContain('MARKED');
  });

  it('needs its plugin', () => {
    const alone = () => new HealthcareCacheService(new MemoryCacheProvider());
    expect(alone).toThrow(CacheError);
    expect(alone).toThrow('needs plugins: [healthcarePlugin(');
  });

  it.each<[string, CacheOptions, string]>([
    ['standard data', {}, 'part2'],
    ['sensitive data', { complianceLevel: 'sensitive' }, 'hiv'],
    ['emergency data', { emergencyData: true, complianceLevel: 'restricted' }, 'part2'],
  ])('does not cache %s whose value tells a tag that asks for more', async (_, options, tag) => {
    const { cache, as } = await clinicCache({ provider: new MemoryCacheProvider() });
    let loads = 0;
    const tags = (value: { readonly label: string }) => [value.label];
    const read = (label: string) =>
      as(() =>
        cache.cache(`patient:7:${label}`, () => ({ label, n: ++loads }), {
          ttl: 60,
          containsPHI: true,
          ...options,
          tags,
        }),
      );
    for (const n of [1, 2]) expect(await read(tag)).toEqual({ label: tag, n });
    for (const _call of [1, 2]) expect(await read('other')).toEqual({ label: 'other', n: 3 });
    const bySetting = (label: string) =>
      as(() =>
        cache.cache(
          `patient:8:${label}`,
          ({ setTags }) => {
            setTags([label]);
            return { label, n: ++loads };
          },
          { ttl: 60, containsPHI: true, ...options },
        ),
      );
    for (const n of [4, 5]) expect(await bySetting(tag)).toEqual({ label: tag, n });
    for (const _call of [1, 2]) expect(await bySetting('other')).toEqual({ label: 'other', n: 6 });
    await cache.close();
  });

  it('finds a list by tags that its loader set when an appointment changes', async () => {
    const { cache, as } = await clinicCache();
    let loads = 0;
    const read = () =>
      cache.cache('agenda', ({ setTags }) => {
        setTags(['appointments', 'doctor:456', 'clinic:123']);
        return ++loads;
      });
    for (const _call of [1, 2]) expect(await read()).toBe(1);
    await as(() => cache.invalidateAppointmentCache('a-1', undefined, '456', '123'));
    expect(await read()).toBe(2);
  });

  it('refuses a plugin that is another cache’s: it would erase there', async () => {
    const { plugin, cache, as } = await clinicCache();
    const second = () =>
      new HealthcareCacheService(new MemoryCacheProvider(), { plugins: [plugin] });
    expect(second).toThrow('that of another cache');
    await as(() => cache.cachePatientRecords('p-1', 'c-1', () => 1));
    await cache.settled();
    expect(await as(() => cache.erasePatient('p-1'))).toMatchObject({ removed: 1 });
  });

  describe('looks and deletions by key', () => {
    const KEY = 'patient:p-1:clinic:c-1:visit';
    const OPTIONS = { containsPHI: true, complianceLevel: 'sensitive', ttl: 60 } as const;
    const filled = async (options: Parameters<typeof clinicCache>[0] = {}) => {
      const clinic = await clinicCache(options);
      await clinic.as(() => clinic.cache.cache(KEY, () => ({ name: 'Ann' }), OPTIONS));
      await clinic.cache.settled();
      return clinic;
    };

    it('get finds protected data with the options that it is read with, on record, and never loads', async () => {
      const { cache, as, audit } = await filled();
      expect(await as(() => cache.get(KEY, OPTIONS))).toEqual({ name: 'Ann' });
      expect(audit.last).toMatchObject({ event: 'read', patientId: 'p-1', source: 'l1' });
      expect(await as(() => cache.get(KEY, { containsPHI: true }))).toBeNull(); // of another level
      expect(audit.last).toMatchObject({ event: 'read', outcome: 0, detail: { found: false } });
      expect(audit.last).not.toHaveProperty('source');
      expect(await as(() => cache.get(KEY))).toBeNull();
      expect(await as(() => cache.get(KEY, OPTIONS), { tenant: 'other' })).toBeNull();
      await expect(cache.get(KEY, OPTIONS)).rejects.toMatchObject({ code: 'ACCESS_MISSING' });
    });

    it('explain tells of protected data with those options, on record', async () => {
      const { cache, as, audit } = await filled();
      expect(await as(() => cache.explain(KEY, OPTIONS))).toMatchObject({
        state: 'fresh',
        tier: 'l1',
      });
      expect(audit.last).toMatchObject({ event: 'read', patientId: 'p-1', level: 'sensitive' });
      expect(await as(() => cache.explain(KEY))).toMatchObject({ state: 'absent' });
      await expect(cache.explain(KEY, OPTIONS)).rejects.toMatchObject({ code: 'ACCESS_MISSING' });
    });

    it('say nothing to who may not', async () => {
      const authorize = ({ context }: AccessRequest) => context.actor === 'dr-1';
      const { cache, as } = await filled({ authorize });
      for (const key of [KEY, `${KEY}-none`]) {
        const calls: (() => Promise<unknown>)[] = [
          () => cache.get(key, OPTIONS),
          () => cache.explain(key, OPTIONS),
          () => cache.del(key),
        ];
        for (const call of calls) {
          await expect(as(call, { actor: 'other' })).rejects.toMatchObject({
            code: 'ACCESS_DENIED',
          });
        }
      }
    });

    it('del, batchDelete and invalidateCache count what was there, in whatever variant, and take it away', async () => {
      const { cache, as, store } = await filled();
      const fill = (options: object) =>
        as(() => cache.cache(KEY, () => 1, { ...OPTIONS, ...options })).then(() => cache.settled());
      const entries = async (): Promise<number> => {
        let count = 0;
        await store.visitKeys?.('vc:*:e:*', async (keys) => void (count += keys.length), 10_000);
        return count;
      };
      expect(await as(() => cache.del(KEY))).toBe(true);
      expect([await as(() => cache.del(KEY)), await entries()]).toEqual([false, 0]);
      await fill({});
      await fill({ project: ['name'] });
      expect(await as(() => cache.batchDelete([KEY, KEY, 'users:1']))).toBe(2);
      await fill({});
      await cache.set('users:1', 1);
      expect(await as(() => cache.invalidateCache(KEY))).toMatchObject({ removed: 1 });
      expect([await cache.del('users:1'), await cache.del('users:1')]).toEqual([true, false]);
      await fill({});
      expect(await as(() => cache.del(KEY), { tenant: 'other' })).toBe(false); // counts none of other tenants
    });
  });
});
