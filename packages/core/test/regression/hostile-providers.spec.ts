import { CacheService, type CacheConfig, type ICacheProvider } from '../../src/index.js';
import { FakeClock, settle } from '../support/fake-clock.js';
import { MapProvider } from '../support/map.provider.js';

const never = (): Promise<never> => new Promise(() => undefined);
const broken = (): never => {
  throw new Error('broken');
};
const odd = (more: object): ICacheProvider => Object.assign(new MapProvider(), more);

describe('CacheService over a provider that', () => {
  it.each<[string, object]>([
    ['never answers a read', { get: never }],
    ['throws on a read', { get: broken }],
    ['answers a read with nothing', { get: () => undefined }],
    ['answers a read with rubbish', { get: () => Promise.resolve('text') }],
    ['never connects', { connect: never, close: () => undefined }],
    ['connects without a promise', { connect: () => undefined, close: () => undefined }],
    ['throws when it connects', { connect: broken, close: broken }],
    ['never stores', { set: never }],
    ['throws when it stores', { set: broken }],
  ])('%s: reads still load', async (_name, more) => {
    const clock = new FakeClock();
    const cache = new CacheService(odd(more), { clock });
    const read = cache.cache('k', () => 'v', { ttl: 60 });
    await clock.advance(30_000);
    expect(await read).toBe('v');
  });

  const batch = { setMany: () => undefined, delMany: () => 0 };
  it.each<[string, object]>([
    ['never answers a batch', { getMany: never }],
    ['throws on a batch', { getMany: broken }],
    ['answers a batch with nothing', { getMany: () => undefined }],
    ['answers a batch with too little', { getMany: () => [] }],
    ['answers a batch with rubbish', { getMany: (keys: string[]) => keys.map(() => 'text') }],
    ['answers a batch with no list', { getMany: () => 'text' }],
  ])('%s: batches miss', async (_name, more) => {
    const clock = new FakeClock();
    const cache = new CacheService(odd({ ...batch, ...more }), { clock });
    const read = cache.batchGet(['a', 'b']);
    await clock.advance(30_000);
    expect(await read).toEqual([null, null]);
  });

  it.each<[string, object, (cache: CacheService) => Promise<unknown>]>([
    ['never deletes', { del: never }, (cache) => cache.invalidateCache('k')],
    ['throws when it deletes', { del: broken }, (cache) => cache.invalidateCache('k')],
    [
      'never sweeps',
      { invalidateCacheByPattern: never },
      (cache) => cache.invalidateCacheByPattern('k:*'),
    ],
    ['throws when it sweeps', { invalidateCacheByPattern: broken }, (cache) => cache.clear()],
    [
      'never removes by tag',
      { invalidateCacheByTag: never },
      (cache) => cache.invalidateCacheByTag('t'),
    ],
    ['never stores', { set: never }, (cache) => cache.set('k', 'v')],
  ])('%s: what is recorded resolves as recorded', async (_name, more, act) => {
    const clock = new FakeClock();
    const cache = new CacheService(odd(more), { clock });
    const acting = act(cache);
    await clock.advance(30_000);
    expect(await acting).toMatchObject({ recorded: true });
  });

  it.each<[string, object]>([
    ['never tells its status', { status: never }],
    ['throws when asked for its status', { status: broken }],
    ['has no status', { status: () => undefined }],
  ])('%s counts as not connected', async (_name, more) => {
    const clock = new FakeClock();
    const cache = new CacheService(odd(more), { clock });
    const status = cache.status();
    await clock.advance(2_000);
    expect((await status).store.connected).toBe(false);
  });

  it('closes within bounds whatever is under way, and is no cache afterwards', async () => {
    const clock = new FakeClock();
    const provider = odd({ set: never });
    const cache = new CacheService(provider, { clock });
    const stuck = expect(cache.cache('stuck', never)).rejects.toMatchObject({ code: 'CLOSED' });
    await cache.cache('k', () => 'v1');
    const closing = cache.close();
    await clock.advance(60_000);
    await closing;
    await stuck;
    const load = jest.fn(() => 'v2');
    expect(await cache.cache('k', load)).toBe('v2');
    expect(await cache.get('k')).toBeNull();
    await expect(cache.invalidateCache('k')).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('says what it had to give up when it closes', async () => {
    const clock = new FakeClock();
    const error = jest.fn();
    const logger = { debug: jest.fn(), log: jest.fn(), warn: jest.fn(), error };
    const provider = new MapProvider();
    const cache = new CacheService(provider, { clock, logger });
    await cache.start();
    jest.spyOn(provider.journal(), 'append').mockRejectedValue(new Error('down'));
    const invalidation = cache.invalidateCache('k');
    await clock.advance(3_000);
    expect((await invalidation).queued).toBe(true);
    const closing = cache.close();
    await clock.advance(60_000);
    await closing;
    expect(error).toHaveBeenCalledWith(
      expect.stringContaining('1 invalidations were never recorded'),
    );
  });
});

describe('CacheService with a configuration that', () => {
  it.each<[object, string]>([
    [{ sketchSlots: 1_000 }, 'sketchSlots must be a power of two'],
    [{ sketchSlots: NaN }, 'sketchSlots is NaN; accepted: a whole number from 2 to'],
    [{ sketchSlots: 0 }, 'sketchSlots is 0'],
    [{ maxQueuedInvalidations: 0 }, 'maxQueuedInvalidations is 0; accepted: a whole number from 1'],
    [{ schemaVersion: 70_000 }, 'from 0 to 65535'],
    [{ l1MaxBytes: 1.5 }, 'l1MaxBytes is 1.5'],
    [{ blindMaxMs: NaN }, 'blindMaxMs is NaN'],
    [{ defaults: { ttlMs: NaN } }, 'defaults.ttlMs is NaN'],
    [{ enabled: 'false' }, 'enabled is string; accepted: true or false'],
    [{ namespace: 'a b' }, 'namespace is "a b"; accepted'],
    [{ nameSpace: 'a' }, 'nameSpace is no option; accepted: namespace'],
  ])('%o is refused by name', (config, message) => {
    expect(() => new CacheService(new MapProvider(), config as CacheConfig)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(message),
      }),
    );
  });
});

describe('CacheService without a store', () => {
  it.each<[string, unknown, RegExp]>([
    ['a class', MapProvider, /has no get, set, del.*Is a `new` missing\?$/],
    ['an empty object', {}, /has no get, set, del; accepted/],
    ['half a store', { get: never, set: never }, /has no del/],
    ['nothing', undefined, /has no get/],
    ['a word', 'memory', /has no get/],
  ])('refuses %s by name', (_name, provider, message) => {
    expect(() => new CacheService(provider as ICacheProvider)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) }),
    );
  });
});

describe('a blocked process', () => {
  it('is not taken for an answer: faults are counted only when they happen', async () => {
    const provider = new MapProvider();
    const cache = new CacheService(provider, { l1MaxBytes: 0 });
    for (let i = 0; i < 5; i++) await cache.cache(`k${i}`, () => i);
    await cache.settled();
    for (let i = 0; i < 5; i++) await cache.get(`k${i}`);
    await settle();
    const { faults } = await cache.status();
    expect(Object.values(faults).every((count) => count === 0)).toBe(true);
  });
});
