import type { CacheOperation, ICacheMiddleware } from '../../src/middleware/cache-middleware.js';
import type { CacheService } from '../../src/service/cache.service.js';
import { Fleet } from '../support/fleet.js';

const KEY = 'users:7';
const OPTIONS = { ttl: 60, template: 'users:{id}' };

const refuse = (): never => {
  throw new Error('a hit was expected');
};

describe('a fresh hit of the shared tier', () => {
  let fleet: Fleet;
  /** Operations that took the long way. */
  let handled: CacheOperation[];
  /** What observers were told. */
  let told: (readonly [template: string, strategy: string, key: string])[];

  const observer = (more: Partial<ICacheMiddleware> = {}): ICacheMiddleware => ({
    name: 'observer',
    onFreshHit: () => undefined,
    onSharedHit: (template, strategy, key, ms) => {
      expect(ms).toBeGreaterThanOrEqual(0);
      told.push([template, strategy, key]);
    },
    handle: (operation, next) => {
      handled.push(operation);
      return next();
    },
    ...more,
  });

  beforeEach(async () => {
    fleet = new Fleet();
    [handled, told] = [[], []];
    const writer = await fleet.join();
    await writer.cache(KEY, () => 'stored', OPTIONS);
    await writer.settled();
  });
  afterEach(() => fleet.close());

  const join = (middleware: readonly ICacheMiddleware[]): Promise<CacheService> =>
    fleet.join({ l1MaxBytes: 0, middleware });

  it('takes the shortest way where all middleware is content with being told', async () => {
    const cache = await join([observer(), observer({ name: 'other' })]);
    expect(await cache.cache(KEY, refuse, OPTIONS)).toBe('stored');
    const hit = ['users:{id}', 'standard', KEY];
    expect([told, handled]).toEqual([[hit, hit], []]);
  });

  it('takes the long way, and loads nothing, where one fails', async () => {
    const cache = await join([observer(), observer({ onSharedHit: () => refuse() })]);
    expect(await cache.cache(KEY, refuse, OPTIONS)).toBe('stored');
    expect(handled).toHaveLength(2);
  });

  it.each([
    ['a process that holds entries', {}],
    ['one that holds none', { l1MaxBytes: 0 }],
  ])('gives %s the value that was stored, as it was asked for', async (_who, config) => {
    const writer = await fleet.join();
    const values = {
      plain: { list: [1, { a: 'ä' }] },
      structured: { at: new Date(5), no: undefined },
    };
    for (const [key, value] of Object.entries(values))
      await writer.cache(key, () => value, OPTIONS);
    await writer.settled();
    for (const isolation of ['freeze', 'clone', 'shared'] as const) {
      const cache = await fleet.join(config);
      for (const [key, value] of Object.entries(values)) {
        const found: unknown = await cache.cache(key, refuse, { ...OPTIONS, isolation });
        expect(found).toStrictEqual(value);
        expect(Object.isFrozen(found)).toBe(isolation === 'freeze');
      }
    }
  });

  it('takes the long way where one is not', async () => {
    const blind = observer();
    delete blind.onSharedHit;
    const cache = await join([observer({ name: 'other' }), blind]);
    expect(await cache.cache(KEY, refuse, OPTIONS)).toBe('stored');
    expect([told.length, handled.length]).toEqual([0, 2]);
  });

  it.each([
    ['that must be of now', { consistency: 'strong' }],
    ['that is loaded anew', { forceRefresh: true }],
    ['of no time at all', { ttl: 0 }],
  ] as const)('is none for a read %s', async (_what, more) => {
    const cache = await join([observer()]);
    await cache.cache(KEY, () => 'loaded', { ...OPTIONS, ...more });
    expect([told.length, handled.length]).toEqual([0, 1]);
  });

  it('is none when the entry is soft, or will be stale soon', async () => {
    const cache = await join([observer()]);
    await cache.invalidateCache(KEY, { mode: 'stale' });
    handled.length = 0;
    expect(await cache.cache(KEY, () => 'loaded', OPTIONS)).toBe('loaded');
    expect([told.length, handled.length]).toEqual([0, 1]);
  });

  it('is looked for once, also when there is none, and says how long that took', async () => {
    const cache = await join([observer()]);
    fleet.store.calls.length = 0;
    expect(await cache.cache('users:8', () => 'loaded', OPTIONS)).toBe('loaded');
    expect(fleet.store.count('getMany')).toBe(1);
    expect(handled).toMatchObject([{ kind: 'read', key: 'users:8' }]);
    expect(handled[0]?.lookedForMs).toBeGreaterThanOrEqual(0);
  });

  it('refuses what is wrong as every read does', async () => {
    const cache = await join([]);
    await expect(cache.cache('', refuse)).rejects.toMatchObject({ code: 'KEY_INVALID' });
    await expect(cache.cache(KEY, 'load' as never)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
    await expect(cache.cache(KEY, refuse, { ttl: -1 })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
  });

  it('is none once the cache is switched off or closed', async () => {
    const cache = await join([observer()]);
    await cache.configure({ values: { enabled: false } });
    handled.length = 0;
    expect(await cache.cache(KEY, () => 'loaded', OPTIONS)).toBe('loaded');
    await cache.close();
    expect(await cache.cache(KEY, () => 'again', OPTIONS)).toBe('again');
    expect(told).toEqual([]);
  });
});
