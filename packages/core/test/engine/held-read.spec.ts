import type { HitTimes } from '../../src/entry/entry.js';
import type { ICacheMiddleware } from '../../src/middleware/cache-middleware.js';
import { Fleet } from '../support/fleet.js';

const KEY = 'users:7';
const OPTIONS = { ttl: 60, template: 'users:{id}', jitterRatio: 0 };

describe('readHeld', () => {
  let fleet: Fleet;
  let told: (readonly [key: string, nowMs: number, HitTimes])[];

  beforeEach(() => {
    fleet = new Fleet();
    told = [];
  });
  afterEach(() => fleet.close());

  const join = (more: Partial<ICacheMiddleware> = {}) =>
    fleet.join({
      middleware: [
        {
          name: 'observer',
          onFreshHit: (_template, _strategy, key, nowMs, { createdAt, staleAt }) =>
            told.push([key, nowMs, { createdAt, staleAt }]),
          handle: (_operation, next) => next(),
          ...more,
        },
      ],
    });

  it('answers with what this process holds fresh, and tells when it was loaded', async () => {
    const cache = await join();
    const loadedAt = fleet.clock.now();
    await cache.cache(KEY, () => 'stored', OPTIONS);
    await fleet.clock.advance(5_000);
    const read = cache.readHeld(KEY, OPTIONS);
    expect(read).toEqual({
      value: 'stored',
      outcome: 'hit',
      tier: 'l1',
      ageMs: 5_000,
      freshForMs: 55_000,
      expiresInMs: 55_000,
    });
    const times = { createdAt: loadedAt, staleAt: loadedAt + 60_000 };
    expect(told).toEqual([[KEY, loadedAt + 5_000, times]]);
  });

  it('asks options every time that may say something else every time, and none by halves', async () => {
    const cache = await join({ onSharedHit: () => undefined });
    let isWanted = false;
    const frozen = Object.freeze({
      ...OPTIONS,
      get forceRefresh() {
        return isWanted;
      },
    });
    class Wanting {
      get forceRefresh(): boolean {
        return isWanted;
      }
    }
    await cache.cache(KEY, () => 'stored', frozen);
    expect(cache.readHeld(KEY, frozen)).not.toBeNull();
    isWanted = true;
    expect(cache.readHeld(KEY, frozen)).toBeNull();
    expect(cache.readHeld(KEY, new Wanting())).toBeNull();
  });

  it('answers nothing once it is covered, wanted anew, stale, or not to be had without asking others', async () => {
    const cache = await join();
    expect(cache.readHeld(KEY, OPTIONS)).toBeNull();
    await cache.cache(KEY, () => 'stored', OPTIONS);
    expect(cache.readHeld(KEY, { ...OPTIONS, forceRefresh: true })).toBeNull();
    expect(cache.readHeld(KEY, { ...OPTIONS, consistency: 'strong' })).toBeNull();
    expect(cache.readHeld(KEY, OPTIONS)).not.toBeNull();
    await cache.invalidateCache(KEY);
    expect(cache.readHeld(KEY, OPTIONS)).toBeNull();
    await cache.cache(KEY, () => 'stored', OPTIONS);
    await fleet.clock.advance(60_000);
    expect(cache.readHeld(KEY, OPTIONS)).toBeNull();
  });

  it('leaves what middleware wants to see to the long way', async () => {
    const cache = await join({ onFreshHit: undefined as never });
    await cache.cache(KEY, () => 'stored', OPTIONS);
    expect(cache.readHeld(KEY, OPTIONS)).toBeNull();
    expect(await cache.read(KEY, () => 'other', OPTIONS)).toMatchObject({ value: 'stored' });
  });
});
