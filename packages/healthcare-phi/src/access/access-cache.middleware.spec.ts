import type { CacheService } from '@vitalcache/core';

import { guardedCache, held, NURSE, settle } from '../../test/support/guarded-cache.js';
import type { AccessContext } from './access-context.js';
import { currentAccess, runWithAccess } from './access-scope.js';
import type { AccessRequest } from './authorizer.js';

const KEY = 'patient:7:clinic:3:records';
const PHI = {
  containsPHI: true,
  ttl: 60,
  template: 'patient:{patientId}:clinic:{clinicId}:records',
};
const value = { name: 'Ann' };

const CALLS: [string, (cache: CacheService) => Promise<unknown>][] = [
  ['read', (cache) => cache.cache(KEY, () => value, PHI)],
  ['a batch read', (cache) => cache.cacheMany([KEY], () => [value], PHI)],
  ['set', (cache) => cache.set(KEY, value, PHI)],
  [
    'a batch set',
    (cache) =>
      cache.batchSet([
        { key: 'x', value },
        { key: KEY, value, ...PHI },
      ]),
  ],
  ['update', (cache) => cache.update(KEY, () => value, PHI)],
  ['del', (cache) => cache.del(KEY)],
  ['a batch del', (cache) => cache.batchDelete(['users:1', KEY])],
  ['an invalidation by key', (cache) => cache.invalidateCache(KEY)],
  ['by pattern', (cache) => cache.invalidateCacheByPattern('patient:7:*')],
  ['by the pattern of everybody', (cache) => cache.invalidateCacheByPattern('patient:*')],
  ['by tag', (cache) => cache.invalidateCacheByTag('patient:7')],
  ['by the tag of all', (cache) => cache.invalidateCacheByTag('phi_data')],
  ['clear', (cache) => cache.clear()],
];

describe('AccessMiddleware', () => {
  describe('312(a)(1): without an access context', () => {
    it.each(CALLS)('refuses %s before any I/O', async (_, call) => {
      const { cache, store, access, audit } = guardedCache();
      await cache.start();
      const { asked } = store;
      await expect(call(cache)).rejects.toMatchObject({ code: 'ACCESS_MISSING' });
      expect(store.asked).toBe(asked);
      expect(access.metrics()['contextMissing']).toBe(1);
      expect(audit.events).toEqual([]);
    });

    it('lets pass what is not about anybody', async () => {
      const { cache, audit } = guardedCache();
      await cache.cache('users:1', () => 1, { tags: ['users'] });
      await cache.get(KEY);
      await cache.set('users:1', 2);
      await cache.invalidateCacheByTag('users');
      await cache.invalidateCacheByPattern('users:*');
      await cache.invalidateCacheByPattern('*:1');
      await cache.del('users:1');
      expect(audit.events).toEqual([]);
    });
  });

  describe('authorize', () => {
    it.each(CALLS)(
      'existence oracle: is asked about %s, and its no is the same for what is there and what is not',
      async (_, call) => {
        const { cache, audit } = guardedCache({
          authorize: ({ context }) => context.actor !== 'other',
        });
        const refusals: unknown[] = [];
        const attempt = () =>
          runWithAccess({ ...NURSE, actor: 'other' }, () =>
            call(cache).catch((error: unknown) => error),
          );
        refusals.push(await attempt());
        await runWithAccess(NURSE, () => cache.cache(KEY, () => value, PHI));
        refusals.push(await attempt());
        expect(refusals[0]).toMatchObject({ code: 'ACCESS_DENIED', status: 404 });
        expect(refusals[1]).toEqual(refusals[0]);
        expect(audit.last).toMatchObject({
          event: 'authz-deny',
          outcome: 4,
          actor: 'other',
          detail: { reason: 'not-authorized' },
        });
      },
    );

    it('stale authorisation: is asked on hits as well, so that what was revoked between write and hit is denied', async () => {
      let isAllowed = true;
      const { cache } = guardedCache({ authorize: async () => isAllowed });
      const load = jest.fn(() => value);
      const read = () => runWithAccess(NURSE, () => cache.cache(KEY, load, PHI));
      await read();
      expect(await read()).toEqual(value);
      isAllowed = false;
      await expect(read()).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
      expect(load).toHaveBeenCalledTimes(1);
    });

    it('is told who wants to do what to whom', async () => {
      const asked: AccessRequest[] = [];
      const { cache } = guardedCache({ authorize: (request) => asked.push(request) > 0 });
      await runWithAccess(NURSE, () => cache.set(KEY, value, { ...PHI, tags: ['part2'] }));
      expect(asked).toEqual([
        {
          context: NURSE,
          action: 'write',
          subject: { patientId: '7', clinicId: '3' },
          template: PHI.template,
          level: 'restricted',
          labels: ['part2'],
        },
      ]);
    });

    it('denies when it throws, when it takes too long, and when it says something else than true', async () => {
      const { cache, audit, clock } = guardedCache({
        authorize: ({ context: { actor } }) => {
          if (actor === 'throws') throw new Error('Ann 7');
          return actor === 'hangs' ? new Promise<boolean>(() => undefined) : ('yes' as never);
        },
      });
      await cache.start();
      const attempt = (actor: string) =>
        runWithAccess({ ...NURSE, actor }, () => cache.cache(KEY, () => value, PHI));
      const hanging = attempt('hangs');
      const denied = [attempt('throws'), attempt('says-yes'), hanging].map((one) =>
        expect(one).rejects.toMatchObject({ code: 'ACCESS_DENIED' }),
      );
      await settle();
      clock.advance(1_000);
      await Promise.all(denied);
      const reasons = audit.events.map(({ detail }) => detail?.['reason']);
      expect(reasons.sort()).toEqual(['authorize-failed', 'authorize-timeout', 'not-authorized']);
      expect(JSON.stringify(audit.events)).not.toContain('Ann');
    });

    it.each<[string, (cache: CacheService) => Promise<unknown>]>([
      [
        'a batch read of one patient’s',
        (cache) =>
          cache.cacheMany(['appointment:1', 'appointment:2'], () => [1, 2], {
            containsPHI: true,
            subject: { patientId: '7' },
          }),
      ],
      ['a batch del', (cache) => cache.batchDelete(['appointment:1', 'appointment:2'])],
      [
        'an invalidation by tags',
        (cache) => cache.invalidateCacheByTags(['appointment:1', 'appointment:2', 'clinic:3']),
      ],
    ])('is asked about each appointment of %s', async (_, call) => {
      const asked: unknown[] = [];
      const { cache, audit } = guardedCache({
        authorize: ({ subject }) => asked.push(subject.appointmentId) > 0,
      });
      await runWithAccess(NURSE, () => call(cache));
      expect(asked).toEqual(['1', '2']);
      expect(audit.events).toHaveLength(2);
    });

    it('denies a batch as a whole, and says of whom it was refused', async () => {
      const { cache, audit } = guardedCache({
        authorize: ({ subject }) => subject.patientId !== '8',
      });
      const load = jest.fn(() => [1, 2]);
      const keys = ['patient:7:profile', 'patient:8:profile'];
      await expect(
        runWithAccess(NURSE, () => cache.cacheMany(keys, load, { containsPHI: true })),
      ).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
      expect(load).not.toHaveBeenCalled();
      expect(
        audit.of('authz-deny').map(({ patientId, detail }) => [patientId, detail?.['reason']]),
      ).toEqual([
        ['7', 'batch-refused'],
        ['8', 'not-authorized'],
      ]);
    });
  });

  describe('clinics and purposes', () => {
    const reading = (context: Partial<AccessContext>, options: object = {}) => {
      const guarded = guardedCache();
      const call = runWithAccess({ ...NURSE, ...context }, () =>
        guarded.cache.cache(KEY, () => value, { ...PHI, ...options }),
      );
      return { ...guarded, call };
    };

    it('shows nothing of one clinic to who works in another', async () => {
      await expect(reading({ clinicId: '4' }).call).rejects.toMatchObject({
        code: 'ACCESS_DENIED',
      });
      expect(await reading({ clinicId: '3' }).call).toEqual(value);
      expect(await reading({}).call).toEqual(value);
    });

    it('lets who works in another clinic invalidate', async () => {
      const { cache } = guardedCache();
      await runWithAccess({ ...NURSE, clinicId: '4' }, () => cache.del(KEY));
    });

    it('wants a purpose for sensitive data, and one of the list for restricted', async () => {
      const sensitive = { complianceLevel: 'sensitive' };
      const restricted = { complianceLevel: 'restricted' };
      const none = { purpose: undefined } as never;
      const missing = reading(none, sensitive);
      await expect(missing.call).rejects.toMatchObject({ code: 'ACCESS_MISSING' });
      expect(missing.audit.last).toMatchObject({ detail: { reason: 'purpose-missing' } });
      expect(await reading({ purpose: 'HPAYMT' }, sensitive).call).toEqual(value);
      const refused = reading({ purpose: 'HPAYMT' }, restricted);
      await expect(refused.call).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
      expect(await reading({ purpose: 'TREAT' }, restricted).call).toEqual(value);
      expect(await reading(none).call).toEqual(value);
    });

    it.each([{ purpose: 'BTG' } as const, { grantId: 'made-up' }])(
      'believes nobody who says that they break the glass: %j',
      async (context) => {
        const { call, audit } = reading(context);
        await expect(call).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
        expect(audit.last).toMatchObject({ detail: { reason: 'grant-invalid' } });
      },
    );
  });

  describe('312(b): the audit', () => {
    it('has one record for each of 10 callers who share one load', async () => {
      const { cache, audit } = guardedCache();
      const origin = held<object>();
      const load = jest.fn(() => origin.promise);
      const reads = Array.from({ length: 10 }, (_, index) =>
        runWithAccess({ ...NURSE, actor: `nurse-${index}` }, () => cache.cache(KEY, load, PHI)),
      );
      await settle();
      origin.release(value);
      await Promise.all(reads);
      expect(load).toHaveBeenCalledTimes(1);
      expect(new Set(audit.of('read').map(({ actor }) => actor)).size).toBe(10);
      expect(audit.of('read')).toHaveLength(10);
    });

    it('says from where it was, how old, for whom and why', async () => {
      const { cache, audit, clock } = guardedCache();
      const context = {
        ...NURSE,
        clinicId: '3',
        onBehalfOf: 'dr-1',
        requestId: 'r-1',
        address: '10.0.0.7',
      };
      const read = () => runWithAccess(context, () => cache.cache(KEY, () => value, PHI));
      await read();
      clock.advance(5_000);
      await read();
      const common = {
        event: 'read',
        action: 'R',
        outcome: 0,
        actor: 'nurse-1',
        onBehalfOf: 'dr-1',
        roles: ['nurse'],
        tenant: 't1',
        clinicId: '3',
        patientId: '7',
        template: PHI.template,
        level: 'standard',
        purpose: 'TREAT',
        requestId: 'r-1',
        address: '10.0.0.7',
        keyRef: `ref(${KEY.length})`,
        isEmergency: false,
        isStale: false,
      };
      expect(audit.events).toEqual([
        { ...common, source: 'origin' },
        { ...common, source: 'l1', ageMs: 5_000 },
      ]);
    });

    it('takes an update that leaves things as they are for no failure', async () => {
      const { cache, audit } = guardedCache();
      await runWithAccess(NURSE, () => cache.update(KEY, () => undefined, PHI));
      expect(audit.last).toMatchObject({ event: 'write', action: 'U', outcome: 0 });
      expect(audit.last?.detail).toBeUndefined();
    });

    it('is written before the value is given, which is not given without it', async () => {
      const { cache, audit } = guardedCache();
      const load = jest.fn(() => value);
      const read = () => runWithAccess(NURSE, () => cache.cache(KEY, load, PHI));
      await read();
      audit.isDown = true;
      await expect(read()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      audit.isDown = false;
      expect(await read()).toEqual(value);
    });

    it('tells of failures by their code alone', async () => {
      const { cache, audit } = guardedCache();
      const error = new Error('no chart of Ann');
      const failing = () => Promise.reject(error);
      await expect(runWithAccess(NURSE, () => cache.cache(KEY, failing, PHI))).rejects.toBe(error);
      expect(audit.events).toEqual([
        expect.objectContaining({ event: 'read', outcome: 8, detail: { code: 'LOADER' } }),
      ]);
      audit.isDown = true;
      await expect(runWithAccess(NURSE, () => cache.cache(KEY, failing, PHI))).rejects.toBe(error);
    });

    it('has one record for each patient of a batch', async () => {
      const { cache, audit } = guardedCache();
      const keys = ['patient:7:profile', 'patient:8:profile', 'patient:7:notes'];
      const options = { containsPHI: true, ttl: 60 };
      await runWithAccess(NURSE, async () => {
        await cache.cache('patient:7:notes', () => 'n', options);
        await cache.cacheMany(keys, (missing) => missing.map(() => 'v'), options);
        await cache.batchSet(keys.map((key) => ({ key, value: 1, ...options })));
        await cache.batchDelete(keys);
      });
      const [, ...batches] = audit.events.map(({ event, patientId, source, detail }) => ({
        event,
        patientId,
        source,
        detail,
      }));
      expect(batches).toEqual([
        { event: 'read', patientId: '7', source: 'origin', detail: { keys: 2, hits: 1 } },
        { event: 'read', patientId: '8', source: 'origin', detail: undefined },
        { event: 'write', patientId: '7', source: undefined, detail: { keys: 2 } },
        { event: 'write', patientId: '8', source: undefined, detail: undefined },
        { event: 'invalidate', patientId: '7', source: undefined, detail: { keys: 2 } },
        { event: 'invalidate', patientId: '8', source: undefined, detail: undefined },
      ]);
    });

    it('names those whom tags name, each patient in a record', async () => {
      const { cache, audit } = guardedCache();
      const named = async (...tags: string[]) => {
        audit.events.length = 0;
        await runWithAccess(NURSE, () => cache.invalidateCacheByTags(tags));
        return audit.events.map(({ patientId, clinicId }) => [patientId, clinicId]);
      };
      expect(await named('patient:7', 'patient:7@*', 'patient:7@clinic:3')).toEqual([
        ['7', undefined],
      ]);
      expect(await named('patient:7', 'patient:8', 'clinic:3')).toEqual([
        ['7', '3'],
        ['8', '3'],
      ]);
      expect(await named('bookings@patient:7@*')).toEqual([['7', undefined]]);
      expect(await named('bookings@clinic:3@*all')).toEqual([[undefined, '3']]);
      for (const id of ['ann@x.org', 'ann@any', 'ann@own']) {
        expect(await named(`patient:${id}`)).toEqual([[id, undefined]]);
      }
      expect(await named('phi_data', 'phi_data@t1')).toEqual([[undefined, undefined]]);
      expect(await named('users', 'roles')).toEqual([]);
    });

    it('tells of every other act', async () => {
      const { cache, audit } = guardedCache();
      await runWithAccess(NURSE, async () => {
        await cache.set(KEY, value, PHI);
        await cache.update(KEY, () => value, PHI);
        await cache.invalidateCacheByTag('patient:7');
        await cache.invalidateCacheByPattern('patient:*');
        await cache.invalidateCacheByPattern('*:records');
        await cache.clear();
      });
      expect(
        audit.events.map(({ event, action, patientId }) => [event, action, patientId]),
      ).toEqual([
        ['write', 'C', '7'],
        ['write', 'U', '7'],
        ['invalidate', 'D', '7'],
        ['invalidate', 'D', undefined],
        ['invalidate', 'D', undefined],
        ['clear', 'D', undefined],
      ]);
    });

    it('312(a)(2)(i): warming is the library’s own, whoever asked for it', async () => {
      const { cache, audit } = guardedCache();
      const actors: unknown[] = [];
      const load = () => actors.push(currentAccess()?.actor);
      await runWithAccess(NURSE, () => cache.prefetch(KEY, load, PHI));
      await cache.prefetch('patient:8:profile', load, PHI);
      await runWithAccess(NURSE, () =>
        cache.prefetch('plain', () => cache.cache('patient:9:profile', load, PHI)),
      );
      expect(actors).toEqual(['system', 'system', 'system']);
      expect(audit.events.map(({ actor, tenant }) => [actor, tenant])).toEqual([
        ['system', 't1'],
        ['system', 'default'],
        ['system', 't1'],
      ]);
    });
  });
});
