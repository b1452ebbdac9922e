import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CacheService, EnvironmentReader } from '@vitalcache/core';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';
import { FakeClock } from '@vitalcache/testing';

import { currentAccess, runWithAccess } from '../src/access/access-scope.js';
import { HealthcareCacheService } from '../src/healthcare-cache.service.js';
import { HEALTHCARE_AUDIT, healthcarePlugin } from '../src/healthcare.plugin.js';
import { generateKeyring } from '../src/keys/keyring/generate-keyring.js';
import { Keyring } from '../src/keys/keyring/keyring.js';
import { LegalHolds } from '../src/legal-hold/legal-holds.js';
import { MemoryKeyStore } from '../src/keys/stores/memory-key.store.js';
import { clinicCache, DOCTOR, type ClinicCacheOptions } from './support/clinic-cache.js';
import { RecordingAudit } from './support/recording.audit.js';

const silent = { debug: () => undefined, log: () => undefined, warn: jest.fn(), error: jest.fn() };
const keyring = Keyring.parse(generateKeyring());
const audit = new RecordingAudit();
const built = (
  options: Parameters<typeof healthcarePlugin>[0],
  env: Record<string, string> = {},
) => {
  const plugin = healthcarePlugin({ logger: silent, ...options });
  const reader = new EnvironmentReader(env);
  plugin.readEnvironment(reader);
  reader.assertValid();
  return new HealthcareCacheService(new MemoryCacheProvider(), {
    logger: silent,
    plugins: [plugin],
  });
};

interface Told {
  readonly store: string;
  readonly isReachable?: boolean;
  readonly isEncrypted: boolean | null;
  readonly isLoopback: boolean | null;
  readonly incarnation?: string;
}
const SAFE: Told = { store: 'redis-1', isEncrypted: true, isLoopback: false };
/** A store in memory that tells of its servers like one on a network. */
const withStores = (told: () => readonly Told[]) =>
  Object.assign(new MemoryCacheProvider(), { exposure: async () => told() });

describe('healthcarePlugin', () => {
  describe('fails closed at start, with the remedy in the message', () => {
    it.each<[string, () => unknown, string]>([
      ['no key', () => built({ audit }), 'set CACHE_KEYRING_FILE'],
      ['no audit', () => built({ keyring }), 'set CACHE_AUDIT_FILE'],
      [
        'restricted without a key store',
        () => built({ keyring, audit, levels: ['restricted'] }),
        'set CACHE_KEY_STORE_URL',
      ],
      [
        'a key store that is none',
        () => built({ keyring, audit }, { CACHE_KEY_STORE_URL: 'https://user:secret@host' }),
        'CACHE_KEY_STORE_URL must be a URL with redis:',
      ],
      [
        'a ttl that is none',
        () => built({ keyring, audit, ttl: { labResults: -1 } }),
        'labResults',
      ],
      ['no object', () => healthcarePlugin(null as never), 'takes an object'],
      [
        'an option that there is none of',
        () => healthcarePlugin({ authorise: () => false } as never),
        'healthcarePlugin has no authorise (did you mean authorize?); accepted: keyring',
      ],
      ['a hook that is none', () => healthcarePlugin({ authorize: 'no' } as never), 'a function'],
      [
        'a switch that is a text',
        () => healthcarePlugin({ allowPlaintextConnection: 'false' } as never),
        'must be true or false',
      ],
      ['unknown keys', () => healthcarePlugin({ subjectKeys: 'store' } as never), "'stored'"],
      ['a variable', () => built({}, { CACHE_LAB_RESULTS_TTL: 'x' }), 'CACHE_LAB_RESULTS_TTL'],
    ])('%s', (_, build, remedy) => {
      expect(build).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
      expect(build).toThrow(remedy);
      expect(build).not.toThrow('secret');
    });

    const book = { add: async () => undefined, all: async () => [] };
    it.each<[string, object, string]>([
      [
        'breakGlass',
        {},
        'breakGlass.book of healthcarePlugin must be an object with the methods add, all; got nothing',
      ],
      [
        'breakGlass',
        { book, roles: [], reviewerRoles: [] },
        'breakGlass.roles of healthcarePlugin must be a list of at least one role',
      ],
      [
        'breakGlass',
        { book, roles: ['er'] },
        'breakGlass.reviewerRoles of healthcarePlugin must be a list of roles; got nothing',
      ],
      [
        'breakGlass',
        { book, roles: ['er'], reviewerRoles: [], onAlert: 1 },
        'breakGlass of healthcarePlugin has no onAlert',
      ],
      [
        'legalHold',
        {},
        'legalHold.roles of healthcarePlugin must be a list of at least one role; got nothing',
      ],
      [
        'legalHold',
        { roles: 'counsel', book },
        'legalHold.roles of healthcarePlugin must be a list of at least one role; got string',
      ],
      ['legalHold', { roles: ['counsel'] }, 'legalHold.book of'],
      ['audit', {}, 'audit of healthcarePlugin must be an object with the methods record'],
      [
        'levels',
        ['standard', 'secret'],
        'levels of healthcarePlugin must be a list of standard, sensitive, restricted',
      ],
      ['levels', { standard: true }, 'must be a list of standard'],
      [
        'policy',
        { maxTTL: {} },
        'policy of healthcarePlugin has no maxTTL (did you mean maxTtl?); accepted: maxTtl',
      ],
      ['policy', { maxTtl: 5 }, 'policy.maxTtl of healthcarePlugin must be an object; got number'],
      ['policy', { maxTtl: { secret: 5 } }, 'secret is 5'],
      [
        'policy',
        { labels: { VIP: 'secret' } },
        'policy.labels of healthcarePlugin must be an object of labels',
      ],
      [
        'policy',
        { restrictedPurposes: ['treat'] },
        'policy.restrictedPurposes of healthcarePlugin must be a list of TREAT',
      ],
      ['policy', { projections: { x: 'name' } }, 'policy.projections of healthcarePlugin'],
      ['emergency', { staleIfError: 5 }, 'emergency of healthcarePlugin has no staleIfError'],
      [
        'emergency',
        { staleIfErrorMs: '5' },
        'emergency.staleIfErrorMs of healthcarePlugin must be a number',
      ],
      ['emergency', [], 'emergency of healthcarePlugin must be an object; got a list'],
      ['ttl', 5 as never, 'ttl of healthcarePlugin must be an object; got number'],
      [
        'keyStore',
        { get: () => null },
        'keyStore of healthcarePlugin must be an object with the methods get, putIfAbsent',
      ],
      ['keyProvider', {}, 'keyProvider of'],
      ['keyring', { kek: 'SECRET' }, 'keyring of healthcarePlugin must be a Keyring'],
      [
        'receiptsDirectory',
        '' as never,
        'receiptsDirectory of healthcarePlugin must be the path of a directory',
      ],
      [
        'reportsUndeclared',
        1 as never,
        'reportsUndeclared of healthcarePlugin must be true or false',
      ],
      ['logger', {}, 'logger of'],
      ['clock', {}, 'clock of'],
      ['swr', {}, 'swr of'],
    ])('%s: %j', (name, value, remedy) => {
      const build = () => built({ keyring, audit, [name]: value });
      expect(build).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
      expect(build).toThrow(remedy);
      expect(build).not.toThrow('SECRET');
    });

    it('a store over a network without TLS', async () => {
      const exposed = (isEncrypted: boolean, isLoopback: boolean) =>
        Object.assign(new MemoryCacheProvider(), {
          exposure: async () => [{ store: 'redis-1', isEncrypted, isLoopback }],
        });
      await expect(clinicCache({ provider: exposed(false, false) })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('use rediss://') as string,
      });
      await (await clinicCache({ provider: exposed(true, false) })).cache.close();
      await (await clinicCache({ provider: exposed(false, true) })).cache.close();
      const open = { provider: exposed(false, false), allowPlaintextConnection: true };
      await (await clinicCache(open)).cache.close();
    });

    const onLinux = process.platform === 'linux' ? it : it.skip;
    onLinux.each<[string, Record<string, string>, string]>([
      [
        'an audit where there can be none',
        { CACHE_AUDIT_FILE: '/proc/vitalcache/log' },
        'can be written. CACHE_AUDIT_FILE',
      ],
      [
        'an audit in a device',
        { CACHE_AUDIT_FILE: '/dev/full' },
        'is no directory. CACHE_AUDIT_FILE',
      ],
      ['an audit that takes nothing', { CACHE_AUDIT_FILE: '/sys' }, 'CACHE_AUDIT_FILE'],
      [
        'an audit below a file',
        { CACHE_AUDIT_FILE: `${__filename}/log` },
        'name a directory. CACHE_AUDIT_FILE',
      ],
      [
        'a key store where there can be none',
        { CACHE_KEY_STORE_URL: 'file:///proc/vitalcache/keys' },
        'takes no directories; name one that can be written. CACHE_KEY_STORE_URL',
      ],
    ])('%s, and comes back', async (_, env, remedy) => {
      const given = env['CACHE_AUDIT_FILE'] === undefined ? { audit } : {};
      const cache = built({ keyring, ...given }, env);
      await expect(cache.start()).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(remedy) as string,
      });
      await cache.close();
      expect(existsSync(`${env['CACHE_AUDIT_FILE']}-spool`)).toBe(false);
    });

    onLinux('a place for receipts where there can be none', async () => {
      const cache = built({ keyring, audit, receiptsDirectory: '/proc/vitalcache' });
      await expect(cache.start()).rejects.toThrow('receiptsDirectory of healthcarePlugin can not');
      await cache.close();
    });

    it('a key store that is one of several servers with values', async () => {
      const provider = withStores(() => [
        { ...SAFE, incarnation: 'a'.repeat(16) },
        { ...SAFE, store: 'redis-2', incarnation: 'b'.repeat(16) },
      ]);
      const onServer = (id: string) =>
        Object.assign(new MemoryKeyStore(), { serverIds: async () => [id.repeat(40)] });
      await expect(clinicCache({ provider, keyStore: onServer('b') })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('a server that holds cached values') as string,
      });
      await (await clinicCache({ provider, keyStore: onServer('c') })).cache.close();
    });

    it('a cache of another class', async () => {
      const cache = new CacheService(new MemoryCacheProvider(), {
        plugins: [healthcarePlugin({ keyring, audit, logger: silent })],
      });
      await expect(cache.start()).rejects.toThrow('needs a HealthcareCacheService');
      await cache.close();
    });
  });

  describe('while a store has not answered since the start', () => {
    const silent: Told = {
      store: 'redis-2',
      isReachable: false,
      isEncrypted: null,
      isLoopback: null,
    };
    const started = async (options: Partial<ClinicCacheOptions> = {}) => {
      const stores: { told: readonly Told[] } = { told: [SAFE, silent] };
      const clock = new FakeClock();
      const clinic = await clinicCache({
        provider: withStores(() => stores.told),
        clock,
        config: { clock },
        ...options,
      });
      let loads = 0;
      const read = async (): Promise<number> => {
        await clinic.as(() => clinic.cache.cachePatientRecords('p', 'c', () => ++loads));
        await clinic.plugin.parts.stores.settled();
        return loads;
      };
      return { ...clinic, stores, clock, read };
    };

    it('caches nothing protected, and looks again until it does', async () => {
      const { cache, plugin, store, stores, clock, read, warnings } = await started();
      expect([await read(), await read()]).toEqual([1, 2]);
      expect(await store.get('x')).toBeNull();
      expect(plugin.health()).toMatchObject({
        status: 'warning',
        reasons: [expect.stringContaining('not all stores have answered')],
      });
      stores.told = [SAFE, { ...SAFE, store: 'redis-2' }];
      expect(await read()).toBe(3); // within the pause nobody looks
      clock.advance(1_000);
      expect([await read(), await read(), await read()]).toEqual([4, 5, 5]);
      expect(plugin.health().status).toBe('healthy');
      expect(warnings).toEqual([]);
      await cache.close();
    });

    it('goes on without, once that turns out to be reached in clear', async () => {
      const { cache, plugin, stores, clock, read, warnings } = await started();
      await read();
      stores.told = [SAFE, { store: 'redis-2', isEncrypted: false, isLoopback: false }];
      clock.advance(1_000);
      for (const count of [2, 3, 4]) expect(await read()).toBe(count);
      expect(plugin.health()).toMatchObject({ status: 'critical' });
      expect(warnings).toEqual([
        expect.stringContaining('The store redis-2 is reached over a network'),
      ]);
      await cache.close();
    });

    it('goes on without, once that turns out to be where the keys are', async () => {
      const ids = jest
        .fn()
        .mockRejectedValueOnce(new Error('down'))
        .mockResolvedValue(['b'.repeat(40)]);
      const keyStore = Object.assign(new MemoryKeyStore(), { serverIds: ids });
      const { cache, stores, clock, read, warnings } = await started({ keyStore });
      stores.told = [SAFE, { ...SAFE, incarnation: 'b'.repeat(16) }];
      clock.advance(1_000);
      for (const count of [1, 2, 3]) expect(await read()).toBe(count);
      expect(warnings).toEqual([expect.stringContaining('a server of its own')]);
      await cache.close();
    });
  });

  it.each(['CACHE_ENCRYPTION_ENABLED', 'CACHE_AUDIT_LOGGING_ENABLED'])(
    'caches nothing protected when %s is false, and everything else',
    async (name) => {
      const warn = jest.fn();
      const plugin = healthcarePlugin({ keyring, audit, logger: { ...silent, warn } });
      plugin.readEnvironment(new EnvironmentReader({ [name]: 'false' }));
      const cache = new HealthcareCacheService(new MemoryCacheProvider(), {
        logger: silent,
        plugins: [plugin],
      });
      await cache.start();
      const [load, other] = [jest.fn(() => 1), jest.fn(() => 1)];
      for (let i = 0; i < 3; i++) {
        await runWithAccess(DOCTOR, () => cache.cachePatientRecords('p', 'c', load));
        await cache.cache('users:1', other);
      }
      expect([load.mock.calls.length, other.mock.calls.length]).toEqual([3, 1]);
      expect(warn.mock.calls).toEqual([[expect.stringContaining('Protected data is not cached')]]);
      expect(plugin.metrics()).toMatchObject({ bypassed: 3 });
      expect(plugin.health().status).toBe('warning');
      await cache.close();
    },
  );

  it('reads everything from the environment: keys, key store, audit', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vitalcache-plugin-'));
    const cache = built(
      {},
      {
        CACHE_KEYRING: generateKeyring(),
        CACHE_KEY_STORE_URL: `file://${folder}/keys`,
        CACHE_AUDIT_FILE: join(folder, 'audit', 'clinic.jsonl'),
        CACHE_PATIENT_RECORDS_TTL: '60',
      },
    );
    await cache.start();
    const options = { complianceLevel: 'restricted' } as const;
    await runWithAccess(DOCTOR, () => cache.cacheLabResults('p', 'c', () => 1, options));
    await cache.settled();
    const { keys, audit: position } = await runWithAccess(DOCTOR, () => cache.erasePatient('p'));
    expect(keys.destroyedKeyIds).toHaveLength(1);
    expect(position).toMatchObject({ seq: expect.any(Number) as number });
    await cache.close();
    expect((await readdir(join(folder, 'audit'))).some((name) => name.startsWith('clinic'))).toBe(
      true,
    );
    await rm(folder, { recursive: true });
  });

  it('hands its services to those who ask for them', async () => {
    const { cache, plugin } = await clinicCache({ legalHold: undefined as never });
    const made = new Map(plugin.services.map(({ token, create }) => [token, create(cache)]));
    expect(made.get(HealthcareCacheService)).toBe(cache);
    expect(made.get(LegalHolds)).toBe(plugin.parts.holds);
    expect(made.has(HEALTHCARE_AUDIT)).toBe(true);
    expect(plugin.cacheClass).toBe(HealthcareCacheService);
  });

  it('runs each request for who is asking, or for nobody', () => {
    const plugin = healthcarePlugin({
      resolveAccess: ({ raw }) => (raw === 'nobody' ? null : { ...DOCTOR, actor: raw as string }),
    });
    const actorIn = (raw: string) =>
      plugin.aroundRequest({ kind: 'http', raw }, () => currentAccess()?.actor);
    expect([actorIn('dr-2'), actorIn('nobody')]).toEqual(['dr-2', undefined]);
    expect(() => actorIn('')).toThrow('actor');
  });

  it('tells a failing audit, and refused seals', async () => {
    const failing = Object.assign(new RecordingAudit(), {
      health: () => ({ status: 'critical', reasons: ['down'] }) as const,
      metrics: () => ({ auditRecords: 4 }),
    });
    const { plugin } = await clinicCache({ audit: failing });
    expect(plugin.health()).toEqual({ status: 'critical', reasons: ['down'] });
    plugin.parts.seal.onRefused({
      tenant: 'default',
      scope: '',
      level: 'standard',
      template: 'x',
      subject: null,
      isEmergency: false,
    });
    expect(plugin.metrics()).toMatchObject({ sealFailures: 1, auditRecords: 4 });
  });

  it('closes an audit that it shares with another cache only after that one', async () => {
    const audit = Object.assign(new RecordingAudit(), { start: jest.fn(), close: jest.fn() });
    const [one, other] = [await clinicCache({ audit }), await clinicCache({ audit })];
    await one.cache.close();
    expect(audit.close).not.toHaveBeenCalled();
    expect(await other.as(() => other.cache.cachePatientRecords('p-1', 'c', () => 1))).toBe(1);
    await other.cache.close();
    expect(audit.close).toHaveBeenCalledTimes(1);
  });

  describe('admin actions', () => {
    const call = (input: object, reason: string | null = 'ticket 9') =>
      ({ input, actor: 'ops-1', reason }) as never;

    it('clear protected data with a reason, on record before they act', async () => {
      const { cache, plugin, as, audit: records } = await clinicCache({ subjectKeys: 'stored' });
      const [phi, purge] = plugin.adminActions;
      expect(phi).toMatchObject({ method: 'DELETE', path: 'phi', needsReason: true });
      await as(() => cache.cachePatientRecords('p-1', 'c', () => 1));
      await as(() => cache.cachePatientRecords('p-2', 'c', () => 1));
      await cache.settled();
      expect(await phi?.run(cache, call({ patientId: 'p-1' }))).toMatchObject({
        removed: 1,
        shredded: true,
      });
      expect(await phi?.run(cache, call({ shred: 'true' }))).toEqual({
        removed: 1,
        recorded: true,
      });
      expect(records.of('clear')[0]).toMatchObject({
        actor: 'ops-1',
        template: 'admin',
        detail: { act: 'requested', reason: 'ticket 9' },
      });
      expect(await purge?.run(cache, call({}, null))).toMatchObject({ endless: 0, isHeld: false });
      await expect(phi?.run(cache, call({ tenant: 7 }))).rejects.toMatchObject({
        code: 'OPTION_INVALID',
      });
      await expect(phi?.run(cache, call({ shred: 'maybe' }))).rejects.toThrow('shred must be');
    });

    it('erase no patient of another tenant than that of whoever asks', async () => {
      const { cache, plugin, as } = await clinicCache();
      const [phi] = plugin.adminActions;
      const erase = (input: object) => as(() => phi?.run(cache, call(input)), { tenant: 'a' });
      await expect(erase({ patientId: 'p-1', tenant: 'b' })).rejects.toMatchObject({
        code: 'OPTION_INVALID',
      });
      expect(await erase({ patientId: 'p-1', tenant: 'a' })).toMatchObject({ recorded: true });
    });

    it('do nothing while the audit is down', async () => {
      const { cache, plugin, as, audit: records } = await clinicCache();
      const load = jest.fn(() => 1);
      const read = () => as(() => cache.cachePatientRecords('p-1', 'c', load));
      await read();
      await cache.settled();
      records.isDown = true;
      await expect(plugin.adminActions[0]?.run(cache, call({}))).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
      });
      records.isDown = false;
      await read();
      expect(load).toHaveBeenCalledTimes(1);
    });
  });
});
