import { createPublicKey } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ICacheProvider } from '@vitalcache/core';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';
import { FakeClock, until } from '@vitalcache/testing';

import type { AccessRequest } from '../src/access/authorizer.js';
import { MemoryRecordBook } from '../src/books/memory-record-book.js';
import { verifyErasureReceipt, type ErasureReceipt } from '../src/erasure/erasure-receipt.js';
import type { HealthcareCacheService as Cache } from '../src/healthcare-cache.service.js';
import { generateKeyring } from '../src/keys/keyring/generate-keyring.js';
import { Keyring } from '../src/keys/keyring/keyring.js';
import { MemoryKeyStore } from '../src/keys/stores/memory-key.store.js';
import type { HoldRecord } from '../src/legal-hold/legal-hold.js';
import { overviewOfPatient } from '../src/patient.overview.js';
import { clinicCache } from './support/clinic-cache.js';
import { MapStore } from './support/map.store.js';
import { RecordingAudit } from './support/recording.audit.js';

const legalHold = () => ({ roles: ['counsel'], book: new MemoryRecordBook<HoldRecord>() });

/** A copy of everything that a store has, as a backup is one. */
async function snapshot(store: ICacheProvider): Promise<ReadonlyMap<string, Uint8Array>> {
  const entries = new Map<string, Uint8Array>();
  const visit = async (keys: readonly string[]): Promise<void> => {
    for (const key of keys) entries.set(key, (await store.get(key)) as Uint8Array);
  };
  await store.visitKeys?.('vc:*:e:*', visit, 10_000);
  return entries;
}

describe('erasePatient', () => {
  it('GDPR 17: gives a signed receipt of what was removed and which keys were destroyed', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'vitalcache-receipts-'));
    const receiptsDirectory = join(directory, 'receipts');
    const keyStore = new MemoryKeyStore(new FakeClock());
    const { cache, as, keyring, audit, clock, store, plugin } = await clinicCache({
      keyStore,
      subjectKeys: 'stored',
      receiptsDirectory,
    });
    await as(async () => {
      await cache.cachePatientRecords('p-1', 'c-1', () => ({ name: 'Ann' }));
      await cache.cacheEmergencyData('p-1', () => 1);
    });
    await cache.settled();
    const receipt = await as(() => cache.erasePatient('p-1', { reason: 'request 17-4' }));
    expect(receipt).toMatchObject({
      format: 1,
      namespace: 'default',
      at: new Date(clock.now()).toISOString(),
      removed: 2,
      keys: {
        mode: 'stored',
        shredded: true,
        destroyedKeyIds: [expect.stringMatching(/^[0-9a-f]{16}$/)],
      },
    });
    expect(JSON.stringify(receipt)).not.toContain('p-1');
    expect((await cache.status()).l1.entries).toBe(0);
    expect((await snapshot(store)).size).toBe(0);
    expect(await plugin.parts.index.namesOf('patient:p-1', 'default')).toEqual([]);
    expect(await keyStore.list(receipt.tenant)).toEqual([
      expect.objectContaining({ name: expect.stringContaining('tek') as string }),
    ]);
    const publicKey = createPublicKey(keyring.audit[0]?.key as never);
    expect(verifyErasureReceipt(receipt, publicKey)).toBe(true);
    const changes = [{ removed: 3 }, { keys: undefined }, { signature: undefined }, { at: 5n }];
    for (const change of changes) {
      expect(verifyErasureReceipt({ ...receipt, ...change } as never, publicKey)).toBe(false);
    }
    expect(verifyErasureReceipt(null as never, publicKey)).toBe(false);
    const [file] = await readdir(receiptsDirectory);
    const path = join(receiptsDirectory, file as string);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(receipt);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const said = { reason: 'request 17-4' };
    expect(audit.of('erase')).toMatchObject([
      { actor: 'dr-1', patientId: 'p-1', outcome: 0, detail: { step: 'requested', ...said } },
      { outcome: 0, detail: { step: 'done', ...said, removed: 2, shredded: true } },
    ]);
    await rm(directory, { recursive: true });
  });

  it('hands out the receipt that can not be kept, with what is wrong', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'vitalcache-receipts-'));
    const receiptsDirectory = join(directory, 'receipts');
    const { cache, as, keyring } = await clinicCache({ receiptsDirectory });
    await rm(receiptsDirectory, { recursive: true });
    await writeFile(receiptsDirectory, '');
    const refused: unknown = await as(() => cache.erasePatient('p-1')).catch((e: unknown) => e);
    expect(refused).toMatchObject({
      code: 'NOT_RECORDED',
      message: expect.stringContaining('receiptsDirectory of healthcarePlugin is no directory'),
    });
    const publicKey = createPublicKey(keyring.audit[0]?.key as never);
    const receipt = (refused as Error).cause as ErasureReceipt;
    expect(verifyErasureReceipt(receipt, publicKey)).toBe(true);
    await rm(directory, { recursive: true });
  });

  it('hands out the receipt also when the audit does not take that it is done', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'vitalcache-receipts-'));
    const { cache, as, audit, keyring } = await clinicCache({ receiptsDirectory: directory });
    const record = audit.record.bind(audit);
    jest.spyOn(audit, 'record').mockImplementation(async (event) => {
      audit.isDown = event.detail?.['step'] === 'done';
      await record(event);
    });
    const refused: unknown = await as(() => cache.erasePatient('p-1')).catch((e: unknown) => e);
    expect(refused).toMatchObject({
      code: 'NOT_RECORDED',
      message: expect.stringContaining('the audit did not take that it is done'),
      cause: { audit: null },
    });
    const publicKey = createPublicKey(keyring.audit[0]?.key as never);
    const receipt = (refused as Error).cause as ErasureReceipt;
    expect(verifyErasureReceipt(receipt, publicKey)).toBe(true);
    const kept = await readFile(join(directory, `erasure-${receipt.id}.json`), 'utf8');
    expect(JSON.parse(kept)).toEqual(receipt);
    expect(audit.of('erase').map(({ detail }) => detail?.['step'])).toEqual(['requested']);
    await rm(directory, { recursive: true });
  });

  it('gives a receipt where the audit can not say where its log stands', async () => {
    const position = () => Promise.reject(new Error('down'));
    const { cache, as } = await clinicCache({
      audit: Object.assign(new RecordingAudit(), { position }),
    });
    expect(await as(() => cache.erasePatient('p-1'))).toMatchObject({ audit: null });
  });

  it('says the truth about keys that follow from the tenant’s: old copies can be read until those end', async () => {
    const { cache, as, clock } = await clinicCache();
    await as(() => cache.cachePatientRecords('p-1', 'c-1', () => 1));
    await cache.settled();
    const { keys } = await as(() => cache.erasePatient('p-1'));
    expect(keys).toMatchObject({ mode: 'derived', shredded: false, destroyedKeyIds: [] });
    expect(keys.unreadableAt).toBeGreaterThan(clock.now());
  });

  it('says the truth without a key store: never by itself', async () => {
    const { cache, as } = await clinicCache({ keyStore: undefined as never });
    await as(() => cache.cachePatientRecords('p-1', 'c-1', () => 1));
    await cache.settled();
    const { keys, removed } = await as(() => cache.erasePatient('p-1'));
    expect(keys).toMatchObject({ mode: 'unavailable', shredded: false, unreadableAt: null });
    expect(removed).toBe(1);
  });

  it('leaves nothing that another process can read, although it had the key in memory', async () => {
    const provider = new MemoryCacheProvider();
    const keyring = Keyring.parse(generateKeyring());
    const shared = {
      provider,
      keyring,
      keyStore: new MemoryKeyStore(),
      subjectKeys: 'stored',
    } as const;
    const [one, two] = [await clinicCache(shared), await clinicCache(shared)];
    const load = jest.fn(() => ({ name: 'Ann' }));
    const read = ({ cache, as }: typeof one) =>
      as(() => cache.cachePatientRecords('p-1', 'c-1', load));
    await read(one);
    await one.cache.settled();
    await read(two);
    expect(load).toHaveBeenCalledTimes(1);
    const backup = await snapshot(provider);
    const purge = jest.spyOn(two.plugin.parts.keys, 'purge');
    const { stamp, keys } = await one.as(() => one.cache.erasePatient('p-1'));
    await two.cache.waitFor(stamp as number);
    expect(keys.inMemoryUntil).toBe(Date.parse(new Date(keys.inMemoryUntil).toISOString()));
    for (const [key, value] of backup) await provider.set(key, value, 60_000);
    await read(two);
    expect(load).toHaveBeenCalledTimes(2);
    expect(purge).toHaveBeenCalled();
    await one.cache.close();
    await two.cache.close();
  });

  it('312(b): is refused, and on record, while a legal hold is on the patient or the tenant', async () => {
    const { cache, as, audit, plugin } = await clinicCache({ legalHold: legalHold() });
    const { holds } = plugin.parts;
    const counsel = { actor: 'counsel-1', roles: ['counsel'] };
    const load = jest.fn(() => 1);
    const read = () => as(() => cache.cachePatientRecords('p-1', 'c-1', load));
    await read();
    await as(() => holds.place({ patientId: 'p-1', reason: 'dispute 4' }), counsel);
    const attempts: (() => Promise<unknown>)[] = [
      () => cache.erasePatient('p-1'),
      () => cache.clearPHICache(),
      () => cache.clearPHICache({ shred: true, tenant: 'default' }),
    ];
    for (const attempt of attempts) {
      await expect(as(attempt)).rejects.toMatchObject({ code: 'LEGAL_HOLD' });
    }
    await as(() => cache.erasePatient('p-2'));
    await read();
    expect(load).toHaveBeenCalledTimes(1);
    expect(audit.of('erase').map(({ outcome }) => outcome)).toEqual([8, 8, 8, 0, 0]);
    await as(() => holds.lift({ patientId: 'p-1', reason: 'settled' }), counsel);
    await as(() => cache.erasePatient('p-1'));
    await read();
    expect(load).toHaveBeenCalledTimes(2);
  });

  it.each<[string, (cache: Cache) => Promise<unknown>]>([
    ['a patient is erased', (cache) => cache.erasePatient('p-1')],
    ['keys are destroyed', (cache) => cache.clearPHICache({ shred: true })],
  ])(
    '312(b): heeds a legal hold that is placed while it gets on record that %s',
    async (_, erase) => {
      const keyStore = new MemoryKeyStore(new FakeClock());
      const { cache, as, audit, plugin } = await clinicCache({ keyStore, legalHold: legalHold() });
      const place = () =>
        as(() => plugin.parts.holds.place({ patientId: 'p-1', reason: 'dispute 4' }), {
          roles: ['counsel'],
        });
      await as(() => cache.cachePatientRecords('p-1', 'c-1', () => 1));
      await cache.settled();
      const record = audit.record.bind(audit);
      jest.spyOn(audit, 'record').mockImplementation(async (event) => {
        if (event.detail?.['step'] === 'requested') await place();
        await record(event);
      });
      const [tenant = ''] = await keyStore.tenants();
      const before = await keyStore.list(tenant);
      await expect(as(() => erase(cache))).rejects.toMatchObject({ code: 'LEGAL_HOLD' });
      expect(await keyStore.list(tenant)).toEqual(before);
      expect(audit.last).toMatchObject({
        event: 'erase',
        outcome: 8,
        detail: { code: 'LEGAL_HOLD' },
      });
    },
  );

  it('rejects when the keys could not be destroyed, so that it is done again', async () => {
    const keyStore = new MemoryKeyStore();
    const { cache, as, audit } = await clinicCache({ keyStore, subjectKeys: 'stored' });
    jest.spyOn(keyStore, 'list').mockRejectedValueOnce(new Error('down'));
    await expect(as(() => cache.erasePatient('p-1'))).rejects.toThrow('do it again');
    expect(audit.of('erase').map(({ outcome, detail }) => [outcome, detail?.['step']])).toEqual([
      [0, 'requested'],
      [8, 'failed'],
    ]);
    await as(() => cache.erasePatient('p-1'));
  });

  it('does nothing that can not be recorded first', async () => {
    const { cache, as, audit } = await clinicCache();
    const load = jest.fn(() => 1);
    const read = () => as(() => cache.cachePatientRecords('p-1', 'c-1', load));
    await read();
    await cache.settled();
    const record = jest.spyOn(audit, 'record').mockRejectedValueOnce(new Error('full'));
    await expect(as(() => cache.erasePatient('p-1'))).rejects.toThrow('full');
    record.mockRestore();
    await read();
    expect(load).toHaveBeenCalledTimes(1);
  });

  it.each(['7@any', '7@all', '7@own', 'any'])(
    'removes, counts and names what is of that patient alone: %s beside 7',
    async (other) => {
      const { cache, as, audit } = await clinicCache();
      for (const id of ['7', other]) {
        for (const clinic of ['c-1', 'c-2', 'default']) {
          await as(() => cache.cachePatientRecords(id, clinic, () => 1));
        }
      }
      await cache.settled();
      expect(await as(() => cache.erasePatient(other))).toMatchObject({ removed: 3 });
      expect(audit.of('invalidate').map(({ patientId }) => patientId)).toEqual([other]);
      expect(await as(() => cache.erasePatient('7'))).toMatchObject({ removed: 3 });
    },
  );

  it('needs somebody who asks for it', async () => {
    const { cache } = await clinicCache();
    await expect(cache.erasePatient('p-1')).rejects.toMatchObject({ code: 'ACCESS_MISSING' });
  });
});

describe('clearPHICache({ shred: true })', () => {
  it('makes every copy unreadable, of the tenants that are meant alone', async () => {
    const authorize = () => true; // it is asked of another tenant
    const { cache, as, store, audit } = await clinicCache({ authorize });
    const loads = { a: jest.fn(() => 1), b: jest.fn(() => 1) };
    const read = (tenant: 'a' | 'b') =>
      as(() => cache.cachePatientRecords('p-1', 'c-1', loads[tenant]), { tenant });
    await read('a');
    await read('b');
    await cache.settled();
    expect(await as(() => cache.clearPHICache({ tenant: 'a', shred: true }))).toBe(1);
    const target = expect.any(String) as string;
    expect(audit.of('key-destroy')).toMatchObject([
      { detail: { step: 'requested', target } },
      { detail: { step: 'done', target, shredded: true } },
    ]);
    await read('b');
    expect(loads.b).toHaveBeenCalledTimes(1);
    await read('a');
    await cache.settled();
    const backup = await snapshot(store);
    expect(await as(() => cache.clearPHICache({ shred: true }))).toBe(2);
    for (const [key, value] of backup) await store.set(key, value, 60_000);
    await read('a');
    await read('b');
    expect([loads.a.mock.calls.length, loads.b.mock.calls.length]).toEqual([3, 2]);
  });
});

describe('clearPHICache({ shred: true }) when not all of it goes well', () => {
  const TENANTS = ['a', 'b'];
  const twoTenants = async () => {
    const keyStore = new MemoryKeyStore(new FakeClock());
    const clinic = await clinicCache({ keyStore });
    for (const tenant of TENANTS) {
      await clinic.as(() => clinic.cache.cachePatientRecords('p-1', 'c-1', () => 1), { tenant });
    }
    await clinic.cache.settled();
    return { ...clinic, keyStore };
  };

  it('has on record of which tenant keys were destroyed, and of which not', async () => {
    const { cache, as, audit, keyStore } = await twoTenants();
    const [kept] = await keyStore.tenants();
    const destroy = keyStore.destroyTenant.bind(keyStore);
    jest
      .spyOn(keyStore, 'destroyTenant')
      .mockImplementation((tenant) =>
        tenant === kept ? Promise.reject(new Error('down')) : destroy(tenant),
      );
    await expect(as(() => cache.clearPHICache({ shred: true }))).rejects.toThrow('do it again');
    const ends = audit.of('key-destroy').filter(({ detail }) => detail?.['step'] !== 'requested');
    const keyed = ends.filter(({ detail }) => detail?.['keysDestroyed'] !== 0);
    expect(keyed.toSorted((a, b) => b.outcome - a.outcome)).toMatchObject([
      { outcome: 8, detail: { step: 'failed', target: kept } },
      { outcome: 0, detail: { step: 'done', keysDestroyed: 1 } },
    ]);
  });

  it('says so when the audit does not take that keys are destroyed', async () => {
    const { cache, as, audit, keyStore } = await twoTenants();
    const record = audit.record.bind(audit);
    jest.spyOn(audit, 'record').mockImplementation(async (event) => {
      audit.isDown = event.detail?.['step'] === 'done';
      await record(event);
    });
    await expect(as(() => cache.clearPHICache({ shred: true }))).rejects.toMatchObject({
      code: 'NOT_RECORDED',
      message: expect.stringContaining('its keys are destroyed'),
    });
    expect(await keyStore.tenants()).toEqual([]);
  });
});

describe('a store that does not answer while entries are removed', () => {
  type Method = 'membersOf' | 'dropMembers' | 'del' | 'timesLeft';
  const withFaults = async () => {
    const failing = new Set<Method>();
    const provider = new MemoryCacheProvider();
    const methods: Record<Method, unknown> = {
      membersOf: provider.membersOf.bind(provider),
      dropMembers: provider.dropMembers.bind(provider),
      del: provider.del.bind(provider),
      timesLeft: provider.timesLeft.bind(provider),
    };
    for (const [name, works] of Object.entries(methods) as [Method, () => Promise<never>][]) {
      Object.assign(provider, {
        [name]: (...given: []) =>
          failing.has(name) ? Promise.reject(new Error('down')) : works(...given),
      });
    }
    const clinic = await clinicCache({
      provider,
      subjectKeys: 'stored',
      config: { breaker: { timeoutMs: 10 } },
    });
    await clinic.as(() => clinic.cache.cachePatientRecords('p-1', 'c-1', () => 1));
    await clinic.cache.settled();
    return { ...clinic, failing };
  };

  it.each([
    ['membersOf', 1],
    ['dropMembers', 0], // it was removed, and not counted
    ['del', 1],
  ] as const)(
    'has clearPHICache reject when all else is done, and count when it is called again: %s',
    async (operation, left) => {
      const { cache, as, audit, failing } = await withFaults();
      let counted: number | null = null;
      failing.add(operation);
      await expect(as(() => cache.clearPHICache({ shred: true }))).rejects.toMatchObject({
        code: 'STORE_TIMEOUT',
      });
      expect(audit.of('key-destroy').at(-1)).toMatchObject({
        detail: { step: 'done', mode: 'stored' },
      });
      expect(audit.of('key-destroy').at(-1)?.detail).not.toHaveProperty('removed');
      failing.clear();
      const again = () => as(() => cache.clearPHICache()).catch(() => null);
      await until('it counts', async () => (counted = await again()) !== null, 30_000);
      expect(counted).toBe(left);
      await cache.close();
    },
  );

  it.each(['membersOf', 'dropMembers', 'timesLeft'] as const)(
    'has a purge say that not all was seen: %s',
    async (operation) => {
      const { cache, as, failing, store } = await withFaults();
      await store.visitKeys?.(
        'vc:*:e:*',
        async (keys) => void (await store.delMany?.(keys)),
        1_000,
      );
      failing.add(operation);
      expect(await as(() => cache.purge())).toMatchObject({ orphans: 0, complete: false });
      failing.clear();
      const { orphans, complete } = await as(() => cache.purge());
      expect([orphans > 0, complete]).toEqual([true, true]);
      await cache.close();
    },
  );

  it('has an overview reject, which would say that there is nothing', async () => {
    const { cache, as, failing, plugin } = await withFaults();
    const look = () =>
      as(() =>
        overviewOfPatient(plugin.parts, { patientId: 'p-1', reason: 'r', namespace: 'default' }),
      );
    failing.add('membersOf');
    await expect(look()).rejects.toMatchObject({ code: 'STORE_TIMEOUT' });
    failing.clear();
    expect(await look()).toMatchObject({ entries: 1 });
    await cache.close();
  });

  it('is not one that has no sets: there nothing is removed, and that is known', async () => {
    const store = new MapStore();
    const { cache, as } = await clinicCache({ provider: store });
    await as(() => cache.cachePatientRecords('p-1', 'c-1', () => 1));
    await cache.settled();
    expect(await as(() => cache.clearPHICache())).toBe(0);
    await cache.close();
  });
});

describe('clearPHICache({ shred: true }) without a tenant', () => {
  it('reaches also a tenant whose keys are there, and whom the index knows no more', async () => {
    const keyStore = new MemoryKeyStore(new FakeClock());
    const shared = { keyStore, keyring: Keyring.parse(generateKeyring()) };
    const gone = await clinicCache(shared);
    await gone.as(() => gone.cache.cachePatientRecords('p-1', 'c-1', () => 1), { tenant: 'gone' });
    await gone.cache.settled();
    await gone.cache.close();
    const [tenant = ''] = await keyStore.tenants();
    expect(await keyStore.list(tenant)).toHaveLength(1);
    const { cache, as, audit } = await clinicCache(shared);
    await as(() => cache.clearPHICache({ shred: true }));
    expect(audit.of('key-destroy').map(({ detail }) => detail)).toContainEqual(
      expect.objectContaining({ step: 'done', target: tenant, keysDestroyed: 1, shredded: true }),
    );
    expect(await keyStore.list(tenant)).toEqual([]);
  });
});

describe('who may erase', () => {
  const mayNot = { code: 'ACCESS_DENIED', status: 404 };
  const CALLS: [string, (cache: Cache) => Promise<unknown>, object][] = [
    ['erasePatient', (cache) => cache.erasePatient('p-1'), { tenant: 'a', shred: true }],
    ['all tenants', (cache) => cache.clearPHICache(), { tenant: null, shred: false }],
    [
      'the keys of all tenants',
      (cache) => cache.clearPHICache({ shred: true }),
      { tenant: null, shred: true },
    ],
    [
      'another tenant',
      (cache) => cache.clearPHICache({ tenant: 'b', shred: true }),
      { tenant: 'b', shred: true },
    ],
    ['purge', (cache) => cache.purge(), { tenant: null, shred: false }],
  ];

  it.each(CALLS)('authorize is asked of %s, with what it reaches', async (_, call, target) => {
    const asked: unknown[] = [];
    const authorize = ({ action, target: reaches }: AccessRequest): boolean => {
      if (action === 'erase') asked.push(reaches);
      return action !== 'erase';
    };
    const { cache, as, audit, store } = await clinicCache({ authorize });
    await as(() => cache.cachePatientRecords('p-1', 'c-1', () => 1), { tenant: 'b' });
    await cache.settled();
    const before = await snapshot(store);
    await expect(as(() => call(cache), { tenant: 'a' })).rejects.toMatchObject(mayNot);
    expect(asked).toEqual([target]);
    expect(audit.events.slice(1)).toMatchObject([
      { event: 'authz-deny', outcome: 4, tenant: 'a', detail: { reason: 'not-authorized' } },
    ]);
    expect(await snapshot(store)).toEqual(before);
  });

  it('without authorize: in one’s own tenant alone, and in all from the one that stands for a deployment without others', async () => {
    const { cache, as, audit } = await clinicCache();
    const load = jest.fn(() => 1);
    const read = () => as(() => cache.cachePatientRecords('p-1', 'c-1', load), { tenant: 'b' });
    await read();
    await cache.settled();
    for (const [, call] of CALLS.slice(1)) {
      await expect(as(() => call(cache), { tenant: 'a' })).rejects.toMatchObject(mayNot);
    }
    expect(audit.of('authz-deny').map(({ detail }) => detail)).toEqual(
      Array.from({ length: 4 }, () => ({ reason: 'other-tenant' })),
    );
    await read();
    expect(load).toHaveBeenCalledTimes(1);
    await as(() => cache.clearPHICache({ tenant: 'b', shred: true }), { tenant: 'b' });
    await read();
    expect(load).toHaveBeenCalledTimes(2);
    await as(() => cache.clearPHICache());
    await read();
    expect(load).toHaveBeenCalledTimes(3);
  });

  it('tells nobody who may not whether a legal hold is on somebody', async () => {
    const authorize = ({ context, action }: AccessRequest) =>
      action !== 'erase' || context.roles.includes('counsel');
    const { cache, as, plugin } = await clinicCache({ legalHold: legalHold(), authorize });
    const counsel = { actor: 'counsel-1', roles: ['counsel'] };
    await as(() => plugin.parts.holds.place({ patientId: 'p-1', reason: 'dispute' }), counsel);
    for (const patient of ['p-1', 'p-2']) {
      await expect(as(() => cache.erasePatient(patient))).rejects.toMatchObject(mayNot);
    }
    await expect(as(() => cache.clearPHICache())).rejects.toMatchObject(mayNot);
    const erasing = as(() => cache.erasePatient('p-1'), counsel);
    await expect(erasing).rejects.toMatchObject({ code: 'LEGAL_HOLD' });
  });
});

describe('purge', () => {
  it('removes members of indexes whose entries are gone, and looks whether all entries have an end', async () => {
    const { cache, as, store, audit } = await clinicCache();
    await as(() => cache.cachePatientRecords('p-1', 'c-1', () => 1));
    await as(() => cache.cachePatientRecords('p-2', 'c-1', () => 1));
    await cache.settled();
    const [gone] = [...(await snapshot(store)).keys()];
    await store.del(gone as string);
    const before = await cache.purge();
    expect(before).toEqual({ orphans: 5, entries: 1, endless: 0, complete: true, isHeld: false });
    expect((await cache.purge()).orphans).toBe(0);
    expect(audit.of('clear').map(({ actor, template }) => [actor, template])).toEqual([
      ['system', 'purge'],
      ['system', 'purge'],
    ]);
  });

  it('removes nothing under a legal hold', async () => {
    const { cache, as, store, plugin } = await clinicCache({ legalHold: legalHold() });
    await as(() => cache.cachePatientRecords('p-1', 'c-1', () => 1));
    await cache.settled();
    for (const key of (await snapshot(store)).keys()) await store.del(key);
    await as(() => plugin.parts.holds.place({ reason: 'dispute' }), { roles: ['counsel'] });
    expect(await cache.purge()).toMatchObject({ orphans: 0, isHeld: true });
  });
});
