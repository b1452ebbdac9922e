import { CacheError } from '@vitalcache/core';

import {
  guardedCache,
  held,
  NURSE,
  settle,
  type GuardedCacheOptions,
} from '../../test/support/guarded-cache.js';
import { RecordingAudit } from '../../test/support/recording.audit.js';
import { currentAccess, runWithAccess } from '../access/access-scope.js';
import { EmergencyCacheStrategy } from './emergency-cache.strategy.js';

const KEY = 'emergency:7';
const OPTIONS = { containsPHI: true, emergencyData: true, ttl: 300 };
const HOUR_MS = 3_600_000;

/** Emergency data of one patient, whose source can fail. */
function ward(options: GuardedCacheOptions = {}) {
  const guarded = guardedCache(options);
  const { cache, emergency } = guarded;
  let version = 0;
  const source = { answer: async (): Promise<string> => `v${++version}` };
  const load = jest.fn(() => source.answer());
  const asNurse = <R>(work: () => R) => runWithAccess(NURSE, work);
  return {
    ...guarded,
    source,
    load,
    asNurse,
    typed: (staleIfErrorMs?: number) =>
      asNurse(() => emergency.result(() => cache.read(KEY, load, OPTIONS), staleIfErrorMs)),
    bare: () => asNurse(() => cache.cache(KEY, load, OPTIONS)),
    fail: (error: Error) => (source.answer = () => Promise.reject(error)),
  };
}

const DOWN = new Error('the origin is down');

describe('EmergencyCacheStrategy', () => {
  it('always tells how old it is', async () => {
    const { typed, clock } = ward();
    const start = clock.now();
    expect(await typed()).toEqual({
      data: 'v1',
      stale: false,
      asOf: new Date(start),
      ageMs: 0,
      source: 'origin',
    });
    clock.advance(299_999);
    expect(await typed()).toEqual({
      data: 'v1',
      stale: false,
      asOf: new Date(start),
      ageMs: 299_999,
      source: 'cache',
    });
  });

  it('asks the source once it is no longer fresh, also when what it has would be faster', async () => {
    const { typed, clock, source } = ward();
    await typed();
    clock.advance(300_000);
    const slow = held<string>();
    source.answer = () => slow.promise;
    const read = typed();
    await settle();
    clock.advance(999);
    await settle();
    slow.release('new');
    expect(await read).toMatchObject({ data: 'new', stale: false, source: 'origin' });
  });

  it.each([
    ['fails', DOWN],
    ['has its breaker open', Object.assign(new Error('Breaker is open'), { code: 'EOPENBREAKER' })],
    ['answers 503', Object.assign(new Error('unavailable'), { status: 503 })],
  ])('serves what was known when the source %s, and says that it is stale', async (_, error) => {
    const { typed, clock, fail, audit } = ward();
    await typed();
    clock.advance(400_000);
    fail(error);
    const asOf = new Date(clock.now() - 400_000);
    expect(await typed()).toEqual({
      data: 'v1',
      stale: true,
      asOf,
      ageMs: 400_000,
      source: 'cache',
    });
    expect(audit.last).toMatchObject({
      event: 'read',
      isStale: true,
      ageMs: 400_000,
      isEmergency: true,
    });
  });

  it('serves it when the source does not answer within a second, and keeps what comes late', async () => {
    const { typed, clock, source } = ward();
    await typed();
    clock.advance(400_000);
    const slow = held<string>();
    source.answer = () => slow.promise;
    const read = typed();
    await settle();
    clock.advance(1_000);
    expect(await read).toMatchObject({ data: 'v1', stale: true });
    slow.release('late');
    await settle();
    expect(await typed()).toMatchObject({ data: 'late', stale: false, source: 'cache' });
  });

  it('takes "there is none" for an answer', async () => {
    const { typed, clock, fail } = ward();
    await typed();
    clock.advance(400_000);
    const error = Object.assign(new Error('no such patient'), { status: 404 });
    fail(error);
    await expect(typed()).rejects.toBe(error);
  });

  it.each([
    ['1 h beyond its time to live', undefined, HOUR_MS],
    ['as long as the call says', 60_000, 60_000],
    ['not at all with 0', 0, 0],
  ])('is kept %s', async (_, staleIfErrorMs, keptMs) => {
    const { typed, clock, fail } = ward();
    await typed(staleIfErrorMs);
    fail(DOWN);
    clock.advance(300_000 + keptMs - 1);
    expect((await typed(staleIfErrorMs)).data).toBe('v1');
    clock.advance(1);
    await expect(typed(staleIfErrorMs)).rejects.toBe(DOWN);
  });

  it('never serves what an invalidation covers', async () => {
    const { typed, clock, fail, cache, asNurse } = ward();
    await typed();
    await asNurse(() => cache.del(KEY));
    fail(DOWN);
    await expect(typed()).rejects.toBe(DOWN);
    clock.advance(400_000);
    await expect(typed()).rejects.toBe(DOWN);
  });

  it('never serves a bare value past its time to live, whatever is kept', async () => {
    const { typed, bare, clock, fail, cache, source, load, asNurse, emergency } = ward();
    await typed();
    clock.advance(299_999);
    expect(await bare()).toBe('v1');
    clock.advance(1);
    fail(DOWN);
    await expect(bare()).rejects.toBe(DOWN);
    expect((await typed()).stale).toBe(true);
    // Nor does a loader of typed data that reads bare data itself.
    source.answer = () =>
      cache.cache(
        `${KEY}:inner`,
        () => (load.mock.calls.length > 4 ? Promise.reject(DOWN) : 'i'),
        OPTIONS,
      );
    const outer = () =>
      asNurse(() => emergency.result(() => cache.read('emergency:7:outer', load, OPTIONS)));
    await outer();
    clock.advance(301_000);
    source.answer = () => cache.cache(`${KEY}:inner`, () => Promise.reject(DOWN), OPTIONS);
    expect(await outer()).toMatchObject({ data: 'i', stale: true });
  });

  it('refuses staleIfErrorMs in the options of a bare read', async () => {
    const { cache, asNurse } = ward();
    const options = { ...OPTIONS, staleIfErrorMs: 60_000 };
    await expect(asNurse(() => cache.cache(KEY, () => 'v', options))).rejects.toThrow(
      'cacheEmergencyData',
    );
  });

  it.each([-1, 86_400_001, NaN])('refuses to keep it for %d ms', async (staleIfErrorMs) => {
    const parts = { audit: new RecordingAudit(), keyRef: String };
    expect(() => new EmergencyCacheStrategy({ ...parts, staleIfErrorMs })).toThrow('24 h');
    await expect(ward().typed(staleIfErrorMs)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    expect(() => new EmergencyCacheStrategy({ ...parts, originTimeoutMs: 0 })).toThrow(
      'originTimeoutMs',
    );
  });

  describe('for pinned patients', () => {
    it('refreshes between 60 and 80 % of the time to live, as the library', async () => {
      const { typed, clock, emergency, audit, source, load } = ward();
      emergency.pinned.pin('t1', '7');
      const actors: unknown[] = [];
      source.answer = async () => `v${actors.push(currentAccess()?.actor)}`;
      await typed();
      clock.advance(179_000);
      await typed();
      await settle();
      expect(load).toHaveBeenCalledTimes(1);
      clock.advance(61_000);
      expect(await typed()).toMatchObject({ data: 'v1', stale: false });
      await settle();
      expect(actors).toEqual(['nurse-1', 'system']);
      expect(await typed()).toMatchObject({ data: 'v2', ageMs: 0 });
      expect(audit.of('refresh')).toEqual([
        expect.objectContaining({ actor: 'system', patientId: '7', isEmergency: true }),
      ]);
    });

    it('leaves the last good copy when a refresh fails', async () => {
      const { typed, clock, emergency, fail, source } = ward();
      emergency.pinned.pin('t1', '7');
      await typed();
      fail(DOWN);
      clock.advance(250_000);
      expect((await typed()).data).toBe('v1');
      await settle();
      expect(emergency.metrics()).toMatchObject({ refreshFailed: 1, refreshed: 0 });
      clock.advance(100_000);
      expect(await typed()).toMatchObject({ data: 'v1', stale: true });
      source.answer = () => new Promise(() => undefined);
      await emergency.close();
    });

    it('refreshes nobody else, and nobody who is pinned in another tenant', async () => {
      const { typed, clock, emergency, load } = ward();
      emergency.pinned.pin('t2', '7');
      emergency.pinned.pin('t1', '8');
      emergency.pinned.pin('t1', '7');
      emergency.pinned.unpin('t1', '7');
      await typed();
      clock.advance(299_000);
      await typed();
      await settle();
      expect(load).toHaveBeenCalledTimes(1);
    });
  });

  describe('312(a)(2)(ii): with parts down, alone and together', () => {
    /** The emergency spool takes what the sink does not. */
    class SpoolingAudit extends RecordingAudit {
      readonly spool: unknown[] = [];

      override async record(event: Parameters<RecordingAudit['record']>[0]): Promise<void> {
        if (this.isDown && event.isEmergency) return void this.spool.push(event);
        return super.record(event);
      }
    }
    const unreadable = () => new CacheError('STORE_UNAVAILABLE', 'The key service is down.');
    const cases = [1, 2, 3, 4, 5, 6, 7].map((bits) => ({
      origin: (bits & 1) > 0,
      kms: (bits & 2) > 0,
      sink: (bits & 4) > 0,
    }));

    it.each(cases)('origin %j', async ({ origin, kms, sink }) => {
      const audit = new SpoolingAudit();
      const { typed, clock, fail, store } = ward({ audit, config: { l1MaxBytes: 0 } });
      await typed();
      clock.advance(400_000);
      if (origin) fail(DOWN);
      // What can't be opened is not found.
      if (kms) store.get = () => Promise.reject(unreadable());
      audit.isDown = sink;
      const read = typed();
      if (origin && kms) await expect(read).rejects.toBe(DOWN);
      else expect(await read).toMatchObject({ data: origin ? 'v1' : 'v2', stale: origin });
      expect(audit.spool).toHaveLength(sink ? 1 : 0);
    });
  });
});
