import { CACHE_DEFAULTS, resolveOptions, type ICacheStrategy } from '@vitalcache/core';

import { guardedCache, NURSE, settle } from '../test/support/guarded-cache.js';
import { RecordingAudit } from '../test/support/recording.audit.js';
import { currentAccess, runWithAccess } from './access/access-scope.js';
import { PHICacheStrategy } from './phi-cache.strategy.js';

const KEY = 'patient:7:profile';
const PHI = { containsPHI: true, ttl: 100 };
const SWR = { ...PHI, enableSwr: true, staleTime: 50 };

/** Serves what is stale, and refreshes it in the background, in whatever context that runs. */
function refreshing(): Pick<ICacheStrategy, 'read'> & { ended: Promise<unknown> } {
  const swr = {
    ended: Promise.resolve(),
    async read(request, engine) {
      const found = await engine.find(request.key, request.options);
      if (!found || found.entry.expiresAt <= engine.now()) return engine.load(request, found);
      if (found.entry.staleAt > engine.now()) return engine.answer(found, 'hit');
      swr.ended = engine.refresh(request, found).catch((error: unknown) => error);
      return engine.answer(found, 'stale');
    },
  } as ReturnType<typeof refreshing>;
  return swr;
}

describe('PHICacheStrategy', () => {
  it('takes everything protected and nothing else', () => {
    const strategy = new PHICacheStrategy({ audit: new RecordingAudit(), keyRef: String });
    const when = (options: object) => strategy.when(resolveOptions(options, CACHE_DEFAULTS));
    expect([PHI, { encrypt: true }, { subject: { patientId: '7' } }].map(when)).toEqual([
      true,
      true,
      true,
    ]);
    expect(when({ ttl: 5 })).toBe(false);
  });

  it('serves until the time to live is over, then loads', async () => {
    const { cache, clock } = guardedCache();
    const load = jest.fn(() => 'v');
    const read = () => runWithAccess(NURSE, () => cache.read(KEY, load, PHI));
    await read();
    clock.advance(99_999);
    expect((await read()).outcome).toBe('hit');
    clock.advance(1);
    expect((await read()).outcome).toBe('miss');
    expect(load).toHaveBeenCalledTimes(2);
  });

  describe('with a strategy for stale values', () => {
    const guarded = () => {
      const swr = refreshing();
      const swrOfCache = { name: 'swr', precedence: 300, when: () => false, read: swr.read };
      return { swr, ...guardedCache({ swr, config: { strategies: [swrOfCache] } }) };
    };

    it('312(a)(2)(i): refreshes standard data on the library’s account, never on the reader’s', async () => {
      const { cache, clock, audit, swr } = guarded();
      const actors: unknown[] = [];
      const load = () => actors.push(currentAccess()?.actor);
      const read = () => runWithAccess(NURSE, () => cache.read(KEY, load, SWR));
      await read();
      clock.advance(60_000);
      expect((await read()).outcome).toBe('stale');
      await swr.ended;
      expect(actors).toEqual(['nurse-1', 'system']);
      expect(audit.events.map(({ event, actor, isStale }) => [event, actor, isStale])).toEqual([
        ['read', 'nurse-1', false],
        ['read', 'nurse-1', true],
        ['refresh', 'system', undefined],
      ]);
      expect(audit.last).toMatchObject({
        tenant: 't1',
        patientId: '7',
        source: 'origin',
        detail: { how: 'changed' },
      });
      expect(audit.last).not.toHaveProperty('purpose');
    });

    it('records a refresh that fails, and passes its failure on', async () => {
      const { cache, clock, audit, swr } = guarded();
      let isBroken = false;
      const error = new Error('down');
      const load = () => (isBroken ? Promise.reject(error) : 'v');
      const read = () => runWithAccess(NURSE, () => cache.read(KEY, load, SWR));
      await read();
      isBroken = true;
      clock.advance(60_000);
      await read();
      expect(await swr.ended).toBe(error);
      await settle();
      expect(audit.of('refresh')).toEqual([
        expect.objectContaining({ outcome: 8, actor: 'system', detail: { how: 'failed' } }),
      ]);
    });

    it.each([{ complianceLevel: 'sensitive' }, { emergencyData: true }, { enableSwr: false }])(
      'hands it nothing with %j, whatever else the options say',
      async (more) => {
        const swr = { read: jest.fn(() => Promise.reject(new Error('asked'))) };
        const strategy = new PHICacheStrategy({ audit: new RecordingAudit(), keyRef: String, swr });
        const options = { ...resolveOptions(SWR, CACHE_DEFAULTS), ...more } as never;
        const engine = { find: async () => null, load: async () => 'loaded' } as never;
        const read = strategy.read({ key: KEY, load: () => 1, options }, engine);
        expect(await read).toBe('loaded');
        expect(swr.read).not.toHaveBeenCalled();
      },
    );

    it.each(['sensitive', 'restricted'] as const)(
      'never serves %s stale',
      async (complianceLevel) => {
        const { cache, clock } = guarded();
        const options = { ...PHI, complianceLevel };
        const read = () => runWithAccess(NURSE, () => cache.read(KEY, () => 'v', options));
        await read();
        clock.advance(99_999);
        expect(await read()).toMatchObject({ outcome: 'hit', freshForMs: 1 });
        clock.advance(1);
        expect((await read()).outcome).toBe('miss');
      },
    );
  });
});
