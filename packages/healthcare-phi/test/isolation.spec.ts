import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';

import type { Admission, CacheError, CacheService } from '@vitalcache/core';
import { FakeClock } from '@vitalcache/testing';

import type { AccessContext } from '../src/access/access-context.js';
import { runWithAccess } from '../src/access/access-scope.js';
import { MemoryRecordBook } from '../src/books/memory-record-book.js';
import type { BreakGlassRecord } from '../src/break-glass/break-glass-grant.js';
import { BreakGlass } from '../src/break-glass/break-glass.js';
import { GrantSigner } from '../src/break-glass/grant.signer.js';
import { clinicCache } from './support/clinic-cache.js';
import { held, NURSE, settle } from './support/guarded-cache.js';
import { RecordingAudit } from './support/recording.audit.js';
import { sealedCache } from './support/sealed-cache.js';

const KEY = 'patient:7:clinic:3:records';
const PHI = { containsPHI: true, ttl: 60 };
const OTHER: AccessContext = { ...NURSE, actor: 'nurse-2' };
const MARK = 'TEST-MARK-7';

const reading =
  (cache: CacheService) =>
  (who: AccessContext, value: unknown, key = KEY, options: object = PHI) =>
    runWithAccess(who, () => cache.cache(key, () => value, options));

/** A glass that can be broken. */
function withGlass() {
  const [clock, audit] = [new FakeClock(), new RecordingAudit()];
  const sign = (bytes: Uint8Array) =>
    createHmac('sha256', 'k').update(bytes).digest().subarray(0, 16);
  const glass = new BreakGlass({
    audit,
    clock,
    signer: new GrantSigner({ sign, isSigned: (bytes, own) => sign(bytes).equals(own) }),
    book: new MemoryRecordBook<BreakGlassRecord>(),
    roles: ['physician'],
    reviewerRoles: [],
  });
  return { glass, clock, audit };
}

const DOCTOR = { ...NURSE, actor: 'dr-1', roles: ['physician'], clinicId: '9' };

describe('protected data', () => {
  it('is shared by those who may see it, and stands nowhere in clear', async () => {
    const { cache, store } = sealedCache();
    const read = reading(cache);
    expect(await read(NURSE, { name: MARK })).toEqual({ name: MARK });
    await cache.settled();
    expect(await read(OTHER, 'loaded anew')).toEqual({ name: MARK });
    const stored = [...store.entries].map(
      ([key, bytes]) => key + Buffer.from(bytes).toString('latin1'),
    );
    expect(stored.length).toBeGreaterThan(0);
    for (const text of stored) expect(text).not.toMatch(/TEST|patient|records|clinic/);
  });

  it('cross-tenant confusion: one key in two tenants is two entries', async () => {
    const { cache, seal } = sealedCache();
    const read = reading(cache);
    const elsewhere = { ...NURSE, tenant: 't2' };
    expect(await read(NURSE, 'of t1')).toBe('of t1');
    expect(await read(elsewhere, 'of t2')).toBe('of t2');
    await cache.settled(); // a tenant's first key is a while in coming
    expect(await read(NURSE, 'anew')).toBe('of t1');
    expect(await read(elsewhere, 'anew')).toBe('of t2');
    expect(seal.refusals).toBe(0);
  });

  describe('with one barrier between tenants taken away', () => {
    const bothIn = async (admittedAs: (admission: Admission) => Admission) => {
      const { cache, seal } = sealedCache({ admittedAs, config: { l1MaxBytes: 0 } });
      const read = reading(cache);
      await read(NURSE, 'of t1');
      await cache.settled();
      return { other: await read({ ...NURSE, tenant: 't2' }, 'of t2'), refusals: seal.refusals };
    };

    it('their names: what stands there is not opened for another tenant', async () => {
      const { other } = await bothIn((admission) => ({ ...admission, key: KEY }));
      expect(other).toBe('of t2');
    });

    it('the tenant in their seal: one does not come upon what is another’s', async () => {
      const { other, refusals } = await bothIn((admission) => ({
        ...admission,
        terms: { ...admission.terms, tenant: 't1' },
      }));
      expect(other).toBe('of t2');
      expect(refusals).toBe(0);
    });

    it('both: only then the test would find what it looks for', async () => {
      const { other } = await bothIn((admission) => ({
        ...admission,
        key: KEY,
        terms: { ...admission.terms, tenant: 't1' },
      }));
      expect(other).toBe('of t1');
    });
  });

  it('user confusion: two users or two clinics share one URL’s entry only if it says whose it is', async () => {
    const { cache } = sealedCache();
    const read = reading(cache);
    expect(await read(NURSE, 'of nurse-1', 'GET /me')).toBe('of nurse-1');
    expect(await read(OTHER, 'of nurse-2', 'GET /me')).toBe('of nurse-2');
    const profile = 'patient:7:profile';
    expect(await read({ ...NURSE, clinicId: '3' }, 'of clinic 3', profile)).toBe('of clinic 3');
    expect(await read({ ...NURSE, clinicId: '4' }, 'of clinic 4', profile)).toBe('of clinic 4');
    expect(await read({ ...OTHER, clinicId: '3' }, 'anew', profile)).toBe('of clinic 3');
  });

  it('user B cannot read A’s doctor-scoped entry', async () => {
    const { cache } = sealedCache();
    const read = reading(cache);
    const options = { ...PHI, doctorSpecific: true };
    expect(await read({ ...NURSE, actor: 'dr-a' }, 'notes of A', 'patient:7:notes', options)).toBe(
      'notes of A',
    );
    expect(await read({ ...NURSE, actor: 'dr-b' }, 'notes of B', 'patient:7:notes', options)).toBe(
      'notes of B',
    );
  });

  it('stampede: callers of one id share a load only within their scope', async () => {
    const { cache } = sealedCache();
    const origin = held<string>();
    const load = jest.fn(() => origin.promise);
    const read = (clinicId: string) =>
      runWithAccess({ ...NURSE, clinicId }, () => cache.cache('patient:7:profile', load, PHI));
    const reads = [read('3'), read('3'), read('4'), read('4')];
    await settle();
    origin.release('v');
    await Promise.all(reads);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it.each<[string, 'doctor' | 'nurse', 'doctor' | 'nurse']>([
    ['may not see a part', 'nurse', 'doctor'],
    ['alone may see a part', 'doctor', 'nurse'],
  ])('whoever joins the load of one who %s gets their own answer', async (_, first, second) => {
    const { cache, as, warnings } = await clinicCache({
      authorize: ({ context, template }) => template !== 'hiv' || context.actor === 'doctor',
    });
    const part = () =>
      cache.cache('patient:7:hiv', () => 'x', {
        containsPHI: true,
        template: 'hiv',
        complianceLevel: 'restricted',
      });
    const read = (actor: string) =>
      as(() => cache.cache('patient:7:summary', part, { ...PHI, template: 'summary' }), {
        actor,
      }).catch((error: CacheError) => error.code);
    const answers = { doctor: 'x', nurse: 'ACCESS_DENIED' };
    const reads = [read(first), read(second)];
    expect(await Promise.all(reads)).toEqual([answers[first], answers[second]]);
    expect(await read('doctor')).toBe('x');
    await cache.settled();
    expect(await read('nurse')).toBe('ACCESS_DENIED');
    expect(warnings).toEqual([expect.stringMatching(/summary was made of restricted data/)]);
    await cache.close();
  });

  it.each<[string, (cache: CacheService) => Promise<unknown>]>([
    ['key', (cache) => cache.del(KEY)],
    ['pattern', (cache) => cache.invalidateCacheByPattern('patient:7:*')],
    ['glob', (cache) => cache.invalidateCacheByPattern('patient:*:records')],
    ['tag', (cache) => cache.invalidateCacheByTag('phi_data')],
    ['clear', (cache) => cache.clear()],
    ['set', (cache) => cache.set(KEY, 'new', PHI)],
  ])('never survives an invalidation by %s, for whomever it is kept', async (_, invalidate) => {
    const { cache } = sealedCache();
    const read = reading(cache);
    const readers = [NURSE, { ...NURSE, tenant: 't2' }];
    for (const reader of readers) await read(reader, 'old');
    await runWithAccess(NURSE, () => invalidate(cache));
    for (const reader of readers) expect(await read(reader, 'new')).toBe('new');
  });

  it('is read at the level at which it was written, and at no lower one', async () => {
    const { cache, seal } = sealedCache();
    const read = reading(cache);
    await read(NURSE, 'restricted', KEY, { ...PHI, complianceLevel: 'restricted' });
    expect(await read(NURSE, 'standard')).toBe('standard');
    expect(seal.refusals).toBe(0);
  });

  it('is nothing to a get without options', async () => {
    const { cache } = sealedCache();
    await reading(cache)(NURSE, 'v');
    expect(await cache.get(KEY)).toBeNull();
    expect(await cache.batchGet([KEY])).toEqual([null]);
  });

  it.each([
    ['standard', 'l1'],
    ['sensitive', 'l1'],
    ['restricted', 'l2'],
  ])('of level %s is found in %s', async (complianceLevel, tier) => {
    const { cache } = sealedCache();
    const options = { ...PHI, complianceLevel } as never;
    const read = () => runWithAccess(NURSE, () => cache.read(KEY, () => 'v', options));
    await read();
    await cache.settled();
    expect(await read()).toMatchObject({ outcome: 'hit', tier, value: 'v' });
  });

  it('gives nobody a value that could be changed for others', async () => {
    const { cache } = sealedCache();
    const read = reading(cache);
    await read(NURSE, { list: [1] });
    await cache.settled();
    const hit = (await read(NURSE, null)) as { list: number[] };
    expect(() => hit.list.push(2)).toThrow(TypeError);
    expect(await read(OTHER, null)).toEqual({ list: [1] });
  });

  it('502(b): holds nothing of a loader’s result that was not declared', async () => {
    const { cache } = sealedCache();
    const read = reading(cache);
    const options = { ...PHI, project: ['name'] };
    expect(await read(NURSE, { name: 'A', ssn: MARK }, KEY, options)).toStrictEqual({ name: 'A' });
    await cache.settled();
    expect(await read(NURSE, null, KEY, options)).toStrictEqual({ name: 'A' });
  });

  it('502(b): gives nothing of what a call without the projection stored, nor takes anything from that', async () => {
    const { cache } = sealedCache();
    const read = reading(cache);
    const [whole, options] = [
      { name: 'A', ssn: MARK },
      { ...PHI, project: ['name'] },
    ];
    await read(NURSE, whole);
    await cache.settled();
    expect(await read(OTHER, whole, KEY, options)).toStrictEqual({ name: 'A' });
    await cache.settled();
    expect(await read(OTHER, null)).toStrictEqual(whole);
  });

  it('502(b): gives nothing of what its serializer, or its projection, could not make plain', async () => {
    const { cache, audit } = sealedCache();
    const toCache = (): never => {
      throw new Error(MARK);
    };
    const serializer = { toCache, fromCache: (stored: unknown) => stored } as never;
    for (const options of [
      { ...PHI, serializer },
      { ...PHI, serializer, project: ['name'] },
    ]) {
      const error: unknown = await reading(cache)(NURSE, { ssn: MARK }, KEY, options).catch(
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ code: 'VALUE_INVALID' });
      expect(inspect(error, { depth: 9 })).not.toContain(MARK);
      expect(audit.last).toMatchObject({ event: 'read', outcome: 8 });
    }
  });

  it('is not cached while it may not be, counted and warned of once; everything else is', async () => {
    const { cache, state, admission, store, audit } = sealedCache();
    const read = reading(cache);
    state.isCaching = false;
    expect(await read(NURSE, 1)).toBe(1);
    expect(await read(NURSE, 2)).toBe(2);
    await runWithAccess(NURSE, () => cache.set(KEY, 3, PHI));
    expect(store.entries.size).toBe(0);
    expect(admission.bypassed).toBe(3);
    expect(state.warnings).toHaveLength(1);
    expect(audit.events.map(({ event, source }) => [event, source])).toEqual([
      ['read', 'origin'],
      ['read', 'origin'],
      ['write', undefined],
    ]);
    await cache.set('users:1', 'v');
    expect(await cache.get('users:1')).toBe('v');
  });

  it('encrypt: true seals what is no health information, without asking who wants it', async () => {
    const { cache, store, audit } = sealedCache();
    await cache.cache('session:1', () => MARK, { encrypt: true, ttl: 60 });
    await cache.settled();
    expect(await cache.cache('session:1', () => 'anew', { encrypt: true, ttl: 60 })).toBe(MARK);
    for (const [key, bytes] of store.entries) {
      expect(key + Buffer.from(bytes).toString('latin1')).not.toContain(MARK);
    }
    expect(audit.events).toEqual([]);
  });

  it('obtained by a grant is the grant’s alone, in both directions', async () => {
    const { glass, clock, audit } = withGlass();
    const { cache } = sealedCache({ audit, clock, grants: glass });
    const read = reading(cache);
    await read(NURSE, 'shared');
    const { token } = await runWithAccess(DOCTOR, () =>
      glass.open({
        patientId: '7',
        reasonCode: 'X',
        reasonText: 'unconscious in the ward',
        minutes: 5,
      }),
    );
    const byGrant = (value: string) =>
      runWithAccess(DOCTOR, () => glass.use(token, () => cache.cache(KEY, () => value, PHI)));
    expect(await byGrant('everything')).toBe('everything');
    expect(await byGrant('anew')).toBe('everything');
    expect(await read(OTHER, 'anew')).toBe('shared');
  });
});

describe('emergency data under seal', () => {
  const OPTIONS = { containsPHI: true, emergencyData: true, ttl: 300 };

  it('is served stale when its source fails, across clinics of the tenant, and dies with its seal', async () => {
    const { cache, emergency, clock } = sealedCache();
    const load = jest.fn((): Promise<string> => Promise.resolve('A positive'));
    const typed = (clinicId: string) =>
      runWithAccess({ ...NURSE, clinicId }, () =>
        emergency.result(() => cache.read('emergency:7', load, OPTIONS)),
      );
    expect(await typed('3')).toMatchObject({ data: 'A positive', source: 'origin' });
    await cache.settled();
    const down = new Error('down');
    load.mockImplementation(() => Promise.reject(down));
    clock.advance(400_000);
    expect(await typed('4')).toMatchObject({ data: 'A positive', stale: true, ageMs: 400_000 });
    clock.advance(3_600_000);
    await expect(typed('4')).rejects.toBe(down);
  });

  it('is given to who broke the glass, also what was known without a grant, and not the other way round', async () => {
    const { glass, clock, audit } = withGlass();
    const { cache, emergency } = sealedCache({ audit, clock, grants: glass });
    const down = new Error('down');
    const load = jest.fn((): Promise<string> => Promise.resolve('summary'));
    const typed = () => emergency.result(() => cache.read('emergency:7', load, OPTIONS));
    await runWithAccess(NURSE, typed);
    await cache.settled();
    const { token } = await runWithAccess(DOCTOR, () =>
      glass.open({
        patientId: '7',
        reasonCode: 'X',
        reasonText: 'unconscious in the ward',
        minutes: 60,
      }),
    );
    const byGrant = () => runWithAccess(DOCTOR, () => glass.use(token, typed));
    load.mockImplementation(() => Promise.reject(down));
    clock.advance(400_000);
    expect(await byGrant()).toMatchObject({ data: 'summary', stale: true, ageMs: 400_000 });
    load.mockImplementation(() => Promise.resolve('everything'));
    expect(await byGrant()).toMatchObject({ data: 'everything', stale: false });
    await cache.settled();
    load.mockImplementation(() => Promise.reject(down));
    expect(await runWithAccess(NURSE, typed)).toMatchObject({ data: 'summary', stale: true });
  });
});
