import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EnvironmentReader } from '@vitalcache/core';
import {
  generateKeyring,
  HealthcareCacheService,
  healthcarePlugin,
  runWithAccess,
} from '@vitalcache/healthcare-phi';
import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';
import { describeWithRedis, startStore, type TestStore } from '@vitalcache/testing';
import { Redis } from 'ioredis';

import { expectOneLine, vitalcache } from './support/vitalcache.js';

const PATIENT = 'patient-00042';
const NAME = 'Zaneta Canary';
const QUIET = {
  debug: () => undefined,
  log: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

describeWithRedis(
  'vitalcache on protected data',
  (store) => {
    let keys: TestStore;
    let folder: string;
    let env: Record<string, string>;
    let cache: HealthcareCacheService;

    beforeAll(async () => {
      keys = await startStore('redis', { args: ['--save', ''] });
      folder = await mkdtemp(join(tmpdir(), 'vitalcache-phi-'));
      await writeFile(join(folder, 'ring.json'), generateKeyring(), { mode: 0o600 });
      env = {
        CACHE_PROVIDER: 'redis',
        REDIS_URL: store().url,
        CACHE_NAMESPACE: 'clinic',
        CACHE_KEYRING_FILE: join(folder, 'ring.json'),
        CACHE_KEY_STORE_URL: keys.url,
        CACHE_AUDIT_FILE: join(folder, 'audit'),
      };
      const plugin = healthcarePlugin({ logger: QUIET, reportsUndeclared: false });
      plugin.readEnvironment(new EnvironmentReader(env));
      const provider = new RedisCacheProvider(new RedisService({ url: store().url }));
      const config = { namespace: 'clinic', logger: QUIET, plugins: [plugin] };
      cache = new HealthcareCacheService(provider, config);
      await cache.start();
      await as(async () => {
        await cache.cachePatientRecords(PATIENT, 'c1', () => ({ name: NAME }));
        await cache.cacheLabResults(PATIENT, 'c1', () => ({ name: NAME }));
        await cache.cacheLabResults('patient-00043', 'c1', () => ({ name: NAME }));
      });
      await cache.settled();
    });
    afterAll(async () => {
      await cache.close();
      await keys.stop();
    });

    const as = <R>(work: () => R): R =>
      runWithAccess(
        { tenant: 'default', actor: 'dr-1', roles: ['doctor'], purpose: 'TREAT', clinicId: 'c1' },
        work,
      );
    const run = (...args: string[]) => vitalcache(args, { env });
    const auditOf = async (): Promise<string> =>
      (await run('audit', 'report', '--actor', 'op-7', '--json')).stdout;

    describe('inspect', () => {
      const KEY = `labs:${PATIENT}:clinic:c1`;

      it('finds an entry by its key, and says that it is sealed', async () => {
        const { code, stdout, stderr } = await run('inspect', KEY);
        expect(stdout).toMatch(/^validity +valid/m);
        expect(stdout).toMatch(/^value +sealed$/m);
        expect(stdout).not.toMatch(new RegExp(`${NAME}|${PATIENT}`));
        expect([code, stderr]).toEqual([0, '']);
      });

      it('finds nothing for another tenant or patient', async () => {
        expect((await run('inspect', KEY, '--tenant', 'other')).code).toBe(1);
        expect((await run('inspect', 'labs:patient-00099:clinic:c1')).code).toBe(1);
      });

      it('says what it lacks without the keyring, or with another one', async () => {
        const { CACHE_KEYRING_FILE: _, ...without } = env;
        const result = await vitalcache(['inspect', KEY], { env: without });
        expectOneLine(result, 2, /Names in namespace clinic are a secret: set CACHE_KEYRING_FILE/);
        await writeFile(join(folder, 'other.json'), generateKeyring(), { mode: 0o600 });
        const other = { ...env, CACHE_KEYRING_FILE: join(folder, 'other.json') };
        expect((await vitalcache(['inspect', KEY], { env: other })).code).toBe(1);
      });
    });

    it('journal tail leaves patterns veiled', async () => {
      await cache.invalidateCacheByPattern('list:*x');
      const args = ['journal', 'tail', '--no-follow', '-n', '1'];
      const [plain, json] = [await run(...args), await run(...args, '--json')];
      expect(plain.stdout).toMatch(/pattern, veiled$/m);
      expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'glob', veiled: true });
      expect(plain.stdout + json.stdout).not.toContain('list');
    });

    describe('patient', () => {
      const WHO = ['--actor', 'op-7', '--reason', 'asked by the patient'];

      it('shows kinds, ages and counts, and nothing else', async () => {
        const { code, stdout, stderr } = await run('patient', PATIENT, ...WHO);
        expect(stdout.replace(/ +/g, ' ')).toMatch(/^kind entries youngest oldest/);
        expect(stdout).toMatch(/^labs +1 /m);
        expect(stdout).toMatch(/^patient +1 /m);
        expect(stdout).toMatch(/^2 entries in tenant default$/m);
        expect(stdout).not.toMatch(new RegExp(`${NAME}|${PATIENT}`));
        expect([code, stderr]).toEqual([0, '']);
      });

      it('is in the audit, with who and why', async () => {
        await run('patient', PATIENT, ...WHO);
        const report = await auditOf();
        expect(JSON.parse(report)).toMatchObject({
          byEvent: { read: expect.any(Number) as number },
        });
        expect(report).toContain('asked by the patient');
      });

      it('needs who and why', async () => {
        expectOneLine(await run('patient', PATIENT), 2, /--actor/);
        expectOneLine(await run('patient', PATIENT, '--actor', 'op-7'), 2, /--reason/);
        const empty = await run('patient', PATIENT, '--actor', 'op-7', '--reason', ' ');
        expectOneLine(empty, 2, /reason/);
      });

      it('says that the key store or the store does not answer, and names nobody', async () => {
        const without = { ...env, CACHE_KEY_STORE_URL: 'redis://:hunter2@127.0.0.1:1' };
        const result = await vitalcache(['patient', PATIENT, ...WHO], { env: without });
        expect(result.stderr).not.toMatch(/hunter2|patient-000/);
        expect(result.code).not.toBe(0);
        const down = { ...env, REDIS_URL: 'redis://127.0.0.1:1' };
        const gone = await vitalcache(['patient', PATIENT, ...WHO], { env: down });
        expectOneLine(gone, 3, /ECONNREFUSED/);
      });
    });

    describe('purge', () => {
      it('proves that all entries expire', async () => {
        const { code, stdout } = await run('purge', '--json');
        const { entries, endless, complete } = JSON.parse(stdout) as Record<string, unknown>;
        expect([endless, complete, code]).toEqual([0, true, 0]);
        expect(entries).toBeGreaterThanOrEqual(3);
      });

      it('ends with 1 if one does not', async () => {
        const client = new Redis(store().url);
        const [name = ''] = await client.keys('vc:clinic:e:*');
        await client.persist(name);
        const { code, stdout } = await run('purge');
        expect(stdout).toMatch(/^without an expiry +1$/m);
        expect(code).toBe(1);
        await client.pexpire(name, 60_000);
        client.disconnect();
      });

      it('refuses a deadline that is none', async () => {
        expectOneLine(await run('purge', '--deadline', 'soon'), 2, /--deadline is "soon"/);
      });
    });

    it('doctor finds nothing wrong with keys, key store and audit', async () => {
      const { stdout } = await run('doctor', '--json');
      expect(stdout).not.toContain('without effect');
      const { findings } = JSON.parse(stdout) as {
        findings: { subject: string; state: string; check: string }[];
      };
      const own = findings.filter(({ subject }) =>
        ['protected data', 'key store', 'audit'].includes(subject),
      );
      expect(own.filter(({ state }) => state !== 'ok')).toEqual([]);
      expect(own.map(({ check }) => check)).toEqual(
        expect.arrayContaining(['keyring', 'separation', 'audit round trip', 'audit log']),
      );
    });
  },
  { needs: ['configure'], args: ['--save', '', '--maxmemory', '256mb'] },
);
