import { AsyncLocalStorage } from 'node:async_hooks';

import type { ICacheProvider } from '../../src/provider/cache-provider.js';
import { CacheService } from '../../src/service/cache.service.js';
import type { CacheConfig } from '../../src/service/cache-config.js';
import { Fleet } from '../support/fleet.js';

describe('single reads of one turn', () => {
  let fleet: Fleet;
  /** Keys of each question that the store was asked. */
  let asked: (readonly string[])[];
  let answer: ((keys: readonly string[]) => Promise<readonly (Uint8Array | null)[]>) | null;

  beforeEach(() => {
    fleet = new Fleet();
    asked = [];
    answer = null;
  });
  afterEach(() => fleet.close());

  async function join(
    config: CacheConfig = {},
    change: Partial<ICacheProvider> = {},
  ): Promise<CacheService> {
    const store = fleet.store.provider();
    const note = (keys: readonly string[]): void => {
      if (keys.some((key) => key.includes(':e:'))) asked.push(keys);
    };
    const provider: ICacheProvider = {
      ...store,
      get: (...args) => {
        if (!args[1]?.isLatest) note([args[0]]);
        return store.get(...args);
      },
      getMany: (keys) => {
        note(keys);
        return answer?.(keys) ?? (store.getMany as NonNullable<typeof store.getMany>)(keys);
      },
      ...change,
    };
    const cache = new CacheService(provider, {
      clock: fleet.clock,
      sketchSlots: 2 ** 10,
      l1MaxBytes: 0,
      ...config,
    }) as CacheService;
    fleet.caches.push(cache);
    await cache.start();
    return cache;
  }

  const keysOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `users:${i}`);

  async function stored(cache: CacheService, keys: readonly string[]): Promise<void> {
    await cache.batchSet(keys.map((key) => ({ key, value: `stored ${key}` })));
    asked.length = 0;
  }

  const refuse = (): never => {
    throw new Error('a hit was expected');
  };

  it('are one question, and each gets its own answer', async () => {
    const cache = await join();
    await stored(cache, ['users:0', 'users:2']);
    const reading = keysOf(3).map((key) => cache.cache(key, () => `loaded ${key}`));
    expect(await Promise.all(reading)).toEqual([
      'stored users:0',
      'loaded users:1',
      'stored users:2',
    ]);
    expect(asked).toEqual([keysOf(3).map((key) => `vc:default:e:{${key}}`)]);
  });

  it('are several questions when they are many', async () => {
    const cache = await join();
    const keys = keysOf(150);
    await stored(cache, keys);
    await Promise.all(keys.map((key) => cache.cache(key, refuse)));
    expect(asked.map(({ length }) => length)).toEqual([64, 64, 22]);
  });

  it('are a question each in turns of their own', async () => {
    const cache = await join();
    await stored(cache, keysOf(2));
    for (const key of keysOf(2)) expect(await cache.get(key)).toBe(`stored ${key}`);
    expect(asked).toHaveLength(2);
  });

  it.each<[string, CacheConfig, Partial<ICacheProvider>]>([
    ['that is switched off', { settings: { batch: false } }, {}],
    ['the store is of this process alone', {}, { shared: false }],
  ])('are a question each where %s', async (_why, config, change) => {
    const cache = await join(config, change);
    await stored(cache, keysOf(2));
    await Promise.all(keysOf(2).map((key) => cache.cache(key, refuse)));
    expect(asked.map(({ length }) => length)).toEqual([1, 1]);
  });

  it('go to their loaders when the store fails, hangs, or says too little', async () => {
    const cache = await join();
    let turn = 0;
    const load = async (): Promise<string[]> =>
      Promise.all([++turn, -turn].map((id) => cache.cache(`users:${id}`, () => 'loaded')));
    answer = () => Promise.reject(new Error('down'));
    expect(await load()).toEqual(['loaded', 'loaded']);
    answer = () => Promise.resolve([]);
    expect(await load()).toEqual(['loaded', 'loaded']);
    answer = () => new Promise(() => undefined);
    const loading = load();
    await fleet.clock.advance(250);
    expect(await loading).toEqual(['loaded', 'loaded']);
    expect((await cache.status()).faults).toMatchObject({ 'store-failed': 1, 'store-timeout': 1 });
  });

  it('load in the context of their own caller', async () => {
    const cache = await join();
    const context = new AsyncLocalStorage<string>();
    const read = (key: string): Promise<string | undefined> =>
      context.run(`caller of ${key}`, () => cache.cache(key, () => context.getStore()));
    expect(await Promise.all(keysOf(2).map(read))).toEqual(
      keysOf(2).map((key) => `caller of ${key}`),
    );
    expect(asked).toHaveLength(1);
    context.disable();
  });

  it('count as one failure', async () => {
    const cache = await join({ breaker: { threshold: 2 } });
    answer = () => Promise.reject(new Error('down'));
    await Promise.all(keysOf(5).map((key) => cache.get(key)));
    expect((await cache.status()).breaker).toBe('closed');
    await Promise.all(keysOf(5).map((key) => cache.get(key)));
    expect((await cache.status()).breaker).toBe('open');
  });
});
