import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EnvironmentReader } from '@vitalcache/core';
import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';
import { describeWithRedis, startStore, type TestStore } from '@vitalcache/testing';

import { connectRedisAudit } from '../src/audit-sinks/redis-audit.client.js';
import { RedisAuditSink } from '../src/audit-sinks/redis.sink.js';
import { PhiAudit } from '../src/audit/phi.audit.js';
import { HealthcareCacheService } from '../src/healthcare-cache.service.js';
import { healthcarePlugin } from '../src/healthcare.plugin.js';
import { generateKeyring } from '../src/keys/keyring/generate-keyring.js';
import { Keyring } from '../src/keys/keyring/keyring.js';
import { AwsKmsProvider } from '../src/keys/providers/aws-kms.provider.js';
import { MemoryKeyStore } from '../src/keys/stores/memory-key.store.js';
import { RedisKeyStore } from '../src/keys/stores/redis-key.store.js';
import { RecordingAudit } from './support/recording.audit.js';
import { kmsFake } from './support/kms-fake.js';
import { Loopback } from './support/loopback.js';
import { clinicCache, type ClinicCacheOptions } from './support/clinic-cache.js';

type Clinic = Awaited<ReturnType<typeof clinicCache>>;

const PATIENTS = Array.from({ length: 20 }, (_, i) => `MARKED-${i}`);
/** Longer than all budgets of one call together; a call that takes longer hangs. */
const HANGS_MS = 6_000;
/** What an audit is kept on: nothing is dropped, and each record is on the disk. */
const AUDIT_ARGS = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];

describeWithRedis(
  'healthcare on a Redis',
  (store) => {
    const open: Clinic[] = [];
    const keyring = Keyring.parse(generateKeyring());
    let count = 0;
    let namespace = '';
    beforeEach(() => {
      namespace = `${store().prefix}-${++count}`;
    });
    afterEach(async () => {
      await Promise.all(open.splice(0).map(({ cache }) => cache.close()));
    });

    const joined = async (options: ClinicCacheOptions = {}): Promise<Clinic> => {
      const provider = new RedisCacheProvider(new RedisService({ url: store().url }));
      const config = { namespace, invalidationDeadlineMs: 1_000, ...options.config };
      const clinic = await clinicCache({ keyring, ...options, provider, config });
      open.push(clinic);
      return clinic;
    };
    /** How many patients' records are not loaded anew. */
    const hitsOf = async ({ cache, as }: Clinic): Promise<number> => {
      let loads = 0;
      for (const patient of PATIENTS) {
        const load = () => ({ loads: ++loads, note: 'MARKED-NOTE' });
        await as(() => cache.cachePatientRecords(patient, 'c-1', load));
      }
      await cache.settled();
      return PATIENTS.length - loads;
    };

    it('runs the document’s samples, and the index removes and counts', async () => {
      const { cache, as } = await joined();
      let name = 'Ann';
      const profile = () => as(() => cache.cachePatientRecords('p-1', 'default', () => ({ name })));
      await profile();
      name = 'Anna';
      await cache.settled();
      expect(await as(() => cache.invalidatePatientCache('p-1', 'clinic-1'))).toMatchObject({
        recorded: true,
        removed: 1,
      });
      expect(await profile()).toEqual({ name: 'Anna' });
      await cache.settled();
      expect(await as(() => cache.clearPHICache())).toBe(1);
    });

    it('serves nothing of a snapshot from before an invalidation', async () => {
      const clinic = await joined();
      await hitsOf(clinic);
      expect(await hitsOf(clinic)).toBe(PATIENTS.length);
      const snapshot = await store().snapshot?.();
      for (const patient of PATIENTS) {
        await clinic.as(() => clinic.cache.invalidatePatientCache(patient));
      }
      await store().restore?.(snapshot as never);
      expect(await hitsOf(clinic)).toBe(0);
      await store().restore?.(snapshot as never);
      expect(await hitsOf(await joined())).toBe(0);
    }, 60_000);

    it.each([
      ['that was kept from the shredding of all', false],
      ['without shredding, to show that it could be read', true],
    ])(
      'reads a snapshot %s',
      async (_, isReadable) => {
        const keyStore = new MemoryKeyStore();
        // Durable: a store that comes back with its journal is believed, so that keys alone stand in the way.
        const config = { durable: true };
        const clinic = await joined({ keyStore, config });
        await hitsOf(clinic);
        const snapshot = await store().snapshot?.();
        if (!isReadable) await clinic.as(() => clinic.cache.clearPHICache({ shred: true }));
        await clinic.cache.close();
        await store().restore?.(snapshot as never);
        const anew = await joined({ keyStore, config });
        expect(await hitsOf(anew)).toBe(isReadable ? PATIENTS.length : 0);
      },
      60_000,
    );

    it('finds an entry that somebody made endless', async () => {
      const clinic = await joined();
      await hitsOf(clinic);
      const service = new RedisService({ url: store().url });
      await service.connect();
      const [entry] = await service.client.keys(`vc:${namespace}:e:*`);
      await service.client.persist(entry as string);
      await service.close();
      expect(await clinic.cache.purge()).toMatchObject({
        entries: PATIENTS.length,
        endless: 1,
        complete: true,
      });
      expect(clinic.warnings).toEqual([
        expect.stringContaining('1 entries in the store have no expiry'),
      ]);
    });

    it('does not start with its keys on the server of its values', async () => {
      const plugin = healthcarePlugin({ keyring, audit: new RecordingAudit() });
      plugin.readEnvironment(
        new EnvironmentReader({
          CACHE_KEY_STORE_URL: store().url.replace('127.0.0.1', 'localhost'),
        }),
      );
      const provider = new RedisCacheProvider(new RedisService({ url: store().url }));
      const cache = new HealthcareCacheService(provider, { namespace, plugins: [plugin] });
      await expect(cache.start()).rejects.toThrow(
        'The key store is a server that holds cached values',
      );
      await cache.close();
    });

    describe('what is down, alone and in pairs', () => {
      let keyServer: TestStore;
      let auditServer: TestStore;
      let folder: string;
      const before = { ...process.env };
      beforeAll(async () => {
        process.env['AWS_ACCESS_KEY_ID'] = 'AKIDTEST';
        process.env['AWS_SECRET_ACCESS_KEY'] = 'TEST-SECRET';
        keyServer = await startStore('redis', { args: ['--save', '', '--appendonly', 'no'] });
        auditServer = await startStore('redis', { args: AUDIT_ARGS });
        folder = await mkdtemp(join(tmpdir(), 'vitalcache-outages-'));
      }, 60_000);
      afterAll(async () => {
        process.env = before;
        await Promise.all([keyServer.stop(), auditServer.stop()]);
        await rm(folder, { recursive: true, force: true });
      });

      const PARTS = ['store', 'key store', 'KMS', 'audit sink'] as const;
      type Part = (typeof PARTS)[number];
      const pairs = PARTS.flatMap((one, i) => [
        [[one]],
        ...PARTS.slice(i + 1).map((two) => [[one, two]]),
      ]) as [readonly Part[]][];

      it.each(pairs)(
        '%j',
        async (down) => {
          const kms = await Loopback.start();
          kms.answer = kmsFake;
          const client = await connectRedisAudit(auditServer.url);
          const sink = new RedisAuditSink({ client, prefix: namespace });
          const audit = new PhiAudit({
            sink,
            signingKey: keyring.audit[0]?.key as never,
            spoolDirectory: join(folder, `spool-${count}`),
            limits: { sinkTimeoutMs: 1_000, retryMs: 100, maxRetryMs: 200 },
          });
          const clinic = await joined({
            audit: audit as never,
            keyProvider: new AwsKmsProvider({
              keyId: 'alias/cache',
              region: 'eu-central-1',
              endpoint: kms.url,
              timeoutMs: 300,
            }),
            keyStore: await RedisKeyStore.connect(keyServer.url, { prefix: namespace }),
          });
          const { cache, as } = clinic;
          const read = (patient: string, level: 'standard' | 'restricted') =>
            as(() =>
              cache.cacheLabResults(patient, 'c', () => 'MARKED-VALUE', { complianceLevel: level }),
            );
          await read('known', 'standard');
          await as(() => cache.cacheEmergencyData('known', () => 'MARKED-VALUE'));
          await cache.settled();
          if (down.includes('store')) await store().kill?.();
          if (down.includes('key store')) await keyServer.kill?.();
          if (down.includes('KMS')) await kms.stop();
          if (down.includes('audit sink')) await auditServer.kill?.();
          const calls = {
            known: () => read('known', 'standard'),
            unknown: () => read('unknown', 'standard'),
            emergency: () =>
              as(async () => (await cache.cacheEmergencyData('known', () => 'MARKED-VALUE')).data),
            otherTenant: () =>
              as(() => cache.cacheLabResults('x', 'c', () => 'MARKED-VALUE'), { tenant: 'other' }),
          };
          for (const call of Object.values(calls))
            expect(await inTime(call())).toBe('MARKED-VALUE');
          const restricted = inTime(read('unknown', 'restricted'));
          if (down.includes('audit sink')) {
            await expect(restricted).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
          } else expect(await restricted).toBe('MARKED-VALUE');
          const invalidation = inTime(as(() => cache.invalidatePatientCache('known')));
          if (down.includes('store')) {
            await expect(invalidation).rejects.toMatchObject({ code: 'NOT_RECORDED' });
          } else expect(await invalidation).toMatchObject({ recorded: true });
          const erasure = inTime(as(() => cache.erasePatient('known')));
          // Without word that all is gone, and on record, nobody is told that it is.
          await expect(
            erasure.then(
              () => 'receipt',
              () => 'refused',
            ),
          ).resolves.toBe(down.some((part) => part !== 'KMS') ? 'refused' : 'receipt');
          if (down.includes('store')) await store().start?.();
          if (down.includes('key store')) await keyServer.start?.();
          expect(await inStore(store().url)).not.toContain('MARKED');
          if (down.includes('audit sink')) await auditServer.start?.();
          await inTime(cache.close());
          if (!down.includes('KMS')) await kms.stop();
        },
        60_000,
      );
    });
  },
  { needs: ['snapshot', 'kill'] },
);

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const hanging = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took more than ${HANGS_MS} ms`)), HANGS_MS);
  });
  try {
    return await Promise.race([work, hanging]);
  } finally {
    clearTimeout(timer);
  }
}

async function inStore(url: string): Promise<string> {
  const service = new RedisService({ url });
  await service.connect();
  const keys = await service.client.keys('*');
  const dumps = await Promise.all(
    keys.map((key) => service.client.callBuffer('DUMP', key) as Promise<Buffer | null>),
  );
  await service.close();
  return [...keys, ...dumps.map((dump) => dump?.toString('latin1') ?? '')].join('\n');
}
