import { CacheError } from '../../src/errors/cache.error.js';
import type { FencedBatchStore, FencedWrite } from '../../src/provider/cache-provider.js';
import { CacheService } from '../../src/service/cache.service.js';
import type { CacheConfig } from '../../src/service/cache-config.js';
import { Fleet, settle } from '../support/fleet.js';

type Answer = ReturnType<FencedBatchStore['setFencedMany']>;

const nameOf = (key: string): string => `vc:default:e:{${key}}`;
const leaseOf = (key: string): string => `vc:default:l:{${key}}`;
const keysOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `users:${i}`);

describe('writes of one turn', () => {
  let fleet: Fleet;
  /** What the store was asked to store, question by question. */
  let asked: (readonly FencedWrite[])[];
  let answer: ((writes: readonly FencedWrite[], store: () => Answer) => Answer) | null;

  beforeEach(() => {
    fleet = new Fleet();
    asked = [];
    answer = null;
  });
  afterEach(() => fleet.close());

  async function join(
    config: CacheConfig = {},
    change: { readonly shared?: boolean } = {},
  ): Promise<CacheService> {
    const store = fleet.store.gatheringProvider();
    const provider = {
      ...store,
      setFencedMany: (writes: readonly FencedWrite[], ...lengths: [number, number]): Answer => {
        asked.push(writes);
        const own = (): Answer => store.setFencedMany(writes, ...lengths);
        return answer?.(writes, own) ?? own();
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

  const setAll = (cache: CacheService, keys: readonly string[], value: unknown = 'set') =>
    cache.batchSet(keys.map((key) => ({ key, value })));
  const loadAll = async (cache: CacheService, keys: readonly string[]): Promise<void> => {
    await Promise.all(keys.map((key) => cache.cache(key, () => `loaded ${key}`)));
    await cache.settled();
  };
  const heldLeases = (): string[] =>
    [...fleet.store.items.keys()].filter((name) => name.includes(':l:'));

  it('are one question', async () => {
    const cache = await join();
    expect(await setAll(cache, keysOf(3))).toMatchObject({ recorded: true, failed: 0 });
    expect(asked.map((writes) => writes.map(({ key }) => key))).toEqual([keysOf(3).map(nameOf)]);
    expect(await cache.batchGet(keysOf(3))).toEqual(['set', 'set', 'set']);
    expect(fleet.store.count('setFenced')).toBe(0);
  });

  it('are several questions when they are many, or large', async () => {
    const cache = await join({ compression: { compressor: 'none', thresholdBytes: 1_024 } });
    await setAll(cache, keysOf(150));
    expect(asked.map(({ length }) => length)).toEqual([64, 64, 22]);
    asked.length = 0;
    await setAll(cache, keysOf(5), 'x'.repeat(100_000));
    expect(asked.map(({ length }) => length)).toEqual([2, 2, 1]);
    asked.length = 0;
    await setAll(cache, keysOf(2), 'x'.repeat(300_000));
    expect(asked.map(({ length }) => length)).toEqual([1, 1]);
  });

  it.each<[string, CacheConfig, { readonly shared?: boolean }]>([
    ['that is switched off', { settings: { batch: false } }, {}],
    ['the store is of this process alone', {}, { shared: false }],
  ])('are a question each where %s', async (_why, config, change) => {
    const cache = await join(config, change);
    await loadAll(cache, keysOf(2));
    expect(asked).toEqual([]);
    expect(fleet.store.count('setFenced')).toBe(2);
    expect(heldLeases()).toEqual([]);
  });

  it('release the leases of their loads', async () => {
    const cache = await join();
    await loadAll(cache, keysOf(3));
    expect(asked).toHaveLength(1);
    expect(asked[0]?.map(({ lease }) => lease?.key)).toEqual(keysOf(3).map(leaseOf));
    expect(fleet.store.count('releaseLease')).toBe(0);
    expect(heldLeases()).toEqual([]);
    expect(await cache.get('users:2')).toBe('loaded users:2');
  });

  it('release the lease of what is refused for something later', async () => {
    const cache = await join();
    answer = (writes, store) => store().then(() => writes.map(() => false));
    await loadAll(cache, keysOf(1));
    expect(fleet.store.count('releaseLease')).toBe(0);
    expect(heldLeases()).toEqual([]);
  });

  it('have each its own outcome', async () => {
    const cache = await join();
    answer = (_writes, store) =>
      store().then(([first = false]) => [
        first,
        false,
        new CacheError('STORE_REFUSED', 'no'),
        true,
      ]);
    expect(await setAll(cache, keysOf(4))).toMatchObject({ recorded: true, failed: 2 });
    expect((await cache.status()).faults).toMatchObject({ 'store-write-failed': 1 });
  });

  it('release leases one by one when the store failed, or did not say', async () => {
    const cache = await join();
    answer = ([, ...others], store) => store().then(() => others.map(() => true));
    await loadAll(cache, keysOf(2));
    expect(fleet.store.count('releaseLease')).toBe(1);
    answer = () => Promise.reject(new CacheError('STORE_REFUSED', 'no'));
    await loadAll(cache, ['users:8', 'users:9']);
    expect(fleet.store.count('releaseLease')).toBe(3);
    expect(heldLeases()).toEqual([]);
    expect((await cache.status()).faults).toMatchObject({ 'store-write-failed': 3 });
  });

  it('fail together when the store hangs, within the time for a write', async () => {
    const cache = await join();
    answer = () => new Promise(() => undefined);
    const setting = setAll(cache, keysOf(3));
    await fleet.clock.advance(5_000);
    expect(await setting).toMatchObject({ recorded: true, failed: 3 });
    expect(await cache.get('users:0')).toBeNull();
  });

  it.each([5, 300])('count as one failure, be they %i', async (count) => {
    const cache = await join({ breaker: { threshold: 2 } });
    answer = () => Promise.reject(new Error('down'));
    await setAll(cache, keysOf(count));
    expect((await cache.status()).breaker).toBe('closed');
    await setAll(cache, keysOf(count));
    expect((await cache.status()).breaker).toBe('open');
  });

  it('are one question with those of later turns while the question before is under way', async () => {
    const cache = await join();
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    answer = (_writes, store) => gate.then(store);
    const first = setAll(cache, ['users:0']);
    while (asked.length === 0) await settle();
    const others = keysOf(3).map(async (key) => (await settle(), setAll(cache, [`later:${key}`])));
    for (let turn = 0; turn < 5; turn++) await settle();
    expect(asked).toHaveLength(1);
    go();
    expect(await first).toMatchObject({ failed: 0 });
    expect(await Promise.all(others)).toMatchObject([{ failed: 0 }, { failed: 0 }, { failed: 0 }]);
    expect(asked.map(({ length }) => length)).toEqual([1, 3]);
  });

  it('wait no longer than a moment for the question before', async () => {
    const cache = await join();
    answer = () => new Promise(() => undefined);
    const hanging = setAll(cache, ['users:0']);
    while (asked.length === 0) await settle();
    answer = null;
    const next = setAll(cache, ['users:1']);
    await fleet.clock.advance(250);
    expect(await next).toMatchObject({ failed: 0 });
    await fleet.clock.advance(5_000);
    expect(await hanging).toMatchObject({ failed: 1 });
  });

  it('are waited for by who closes the cache', async () => {
    const cache = await join();
    await cache.cache('users:1', () => 'loaded');
    expect(asked).toEqual([]);
    await cache.close();
    expect(fleet.store.read(nameOf('users:1'))).not.toBeNull();
    expect(heldLeases()).toEqual([]);
  });
});
