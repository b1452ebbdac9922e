import { CacheService } from '../../src/service/cache.service.js';
import type { CacheConfig } from '../../src/service/cache-config.js';
import type { IJournalLog } from '../../src/journal/journal-log.js';
import type { ICacheProvider } from '../../src/provider/cache-provider.js';
import { Fleet, settle } from '../support/fleet.js';
import { PartitionedProvider } from '../support/partitioned.provider.js';
import { polledLog } from '../support/polled-journal.log.js';

const BREAKER = { threshold: 3, timeoutMs: 30_000 };

describe('several stores behind one provider', () => {
  let fleet: Fleet;
  let lines: string[];

  beforeEach(() => {
    fleet = new Fleet();
    lines = [];
  });
  afterEach(() => fleet.close());

  async function join(
    config: CacheConfig = {},
    change: (provider: ICacheProvider) => ICacheProvider = (provider) => provider,
    journal?: IJournalLog,
  ) {
    const stores = new PartitionedProvider(fleet.store.provider(journal));
    const say = (line: string): void => void lines.push(line);
    const cache = new CacheService(change(stores.provider), {
      clock: fleet.clock,
      sketchSlots: 2 ** 10,
      random: () => 0.5,
      l1MaxBytes: 0,
      breaker: BREAKER,
      defaults: { jitterRatio: 0 },
      logger: { debug: say, log: say, warn: say, error: say },
      ...config,
    }) as CacheService;
    fleet.caches.push(cache);
    await cache.start();
    return { cache, stores };
  }

  async function fill(cache: CacheService, keys: readonly string[]): Promise<void> {
    for (const key of keys) await cache.cache(key, () => `stored ${key}`);
    await cache.settled();
  }

  const readOf = (cache: CacheService, key: string) =>
    cache.read(key, () => `loaded ${key}`).then(({ value }) => value);

  it('are given up one by one: what is lost is the share of the one that is down', async () => {
    const { cache, stores } = await join();
    await fill(cache, ['a:1', 'b:1']);
    stores.faults.set('b', 'fails');
    for (let i = 0; i < 4; i++) {
      expect(await readOf(cache, 'a:1')).toBe('stored a:1');
      expect(await readOf(cache, 'b:1')).toBe('loaded b:1');
      await cache.settled();
    }
    const askedOfB = stores.asked.filter((one) => one.endsWith(' b')).length;
    expect(await readOf(cache, 'b:1')).toBe('loaded b:1');
    await cache.settled();
    expect(stores.asked.filter((one) => one.endsWith(' b'))).toHaveLength(askedOfB);
    expect(await readOf(cache, 'a:1')).toBe('stored a:1');
    expect((await cache.status()).breaker).toBe('open');
  });

  it('say once which of them is down and when it is back, without naming a key', async () => {
    const { cache, stores } = await join();
    await fill(cache, ['b:secret']);
    stores.faults.set('b', 'fails');
    for (let i = 0; i < 9; i++) await readOf(cache, 'b:secret');
    await cache.settled();
    stores.faults.clear();
    await fleet.clock.advance(30_000);
    expect(await readOf(cache, 'b:secret')).toBe('stored b:secret');
    expect(lines).toEqual([
      'The store "store-b" cannot be reached: reads of its keys go to their loaders. (STORE_UNAVAILABLE: No connection.)',
      'The store "store-b" answers again.',
    ]);
    expect((await cache.status()).breaker).toBe('closed');
  });

  it('cost no more than their own keys of a batch, and no more than its budget', async () => {
    const { cache, stores } = await join();
    await fill(cache, ['a:1', 'b:1', 'c:1']);
    stores.faults.set('b', 'hangs').set('c', 'fails');
    const before = stores.count('getMany a');
    const reading = cache.batchGet<string>(['b:1', 'a:1', 'c:1', 'b:2']);
    await fleet.clock.advance(250);
    expect(await reading).toEqual([null, 'stored a:1', null, null]);
    expect(stores.count('getMany a') - before).toBe(1);
  });

  it('cost no more than their own keys where the provider has no batches', async () => {
    const { cache, stores } = await join({}, ({ getMany: _, setMany: __, ...one }) => one);
    await fill(cache, ['a:1', 'b:1']);
    stores.faults.set('b', 'hangs');
    const reading = cache.batchGet(['b:1', 'a:1']);
    await fleet.clock.advance(250);
    expect(await reading).toEqual([null, 'stored a:1']);
  });

  it.each<[string, (cache: CacheService, keys: readonly string[]) => Promise<unknown[]>]>([
    ['in a batch', async (cache, keys) => [...(await cache.batchGet(keys))]],
    ['one by one in one turn', (cache, keys) => Promise.all(keys.map((key) => cache.get(key)))],
  ])('are asked for many keys %s by one question: it counts as one', async (_how, getAll) => {
    const { cache, stores } = await join();
    const keys = Array.from({ length: 1_000 }, (_, i) => `b:${i}`);
    await fill(cache, keys);
    const asked = stores.count('getMany b');
    expect(await getAll(cache, keys)).toEqual(keys.map((key) => `stored ${key}`));
    expect(stores.count('getMany b') - asked).toBeGreaterThan(BREAKER.threshold);
    stores.faults.set('b', 'fails');
    for (let i = 1; i <= BREAKER.threshold; i++) {
      expect((await cache.status()).breaker).toBe('closed');
      expect(await getAll(cache, keys)).toEqual(keys.map(() => null));
    }
    expect((await cache.status()).breaker).toBe('open');
    stores.faults.clear();
    await fleet.clock.advance(BREAKER.timeoutMs);
    expect(await getAll(cache, keys)).toEqual(keys.map((key) => `stored ${key}`));
  });

  it('remove what they have of many keys, also when one of them is down', async () => {
    const { cache, stores } = await join();
    await fill(cache, ['a:1', 'b:1', 'c:1']);
    expect(await cache.batchDelete(['a:1', 'c:1', 'c:2'])).toBe(2);
    await fill(cache, ['a:1', 'c:1']);
    stores.faults.set('b', 'fails');
    expect(await cache.batchDelete(['a:1', 'b:1', 'c:1'])).toBe(3); // how many existed is not known
    const left = [...fleet.store.items.keys()].filter((key) => key.includes('e:{'));
    expect(left).toEqual(['vc:default:e:{b:1}']);
    stores.faults.clear();
    expect(await readOf(cache, 'b:1')).toBe('loaded b:1');
    expect((await cache.status()).faults['store-write-failed']).toBe(1);
  });

  it('are told apart where refreshes ask whether they may', async () => {
    const { cache, stores } = await join();
    stores.faults.set('b', 'fails');
    for (let i = 0; i < 3; i++) await readOf(cache, 'b:1');
    const [a, b] = [await cache.explain('a:1'), await cache.explain('b:1')];
    expect([a.refusal, b.refusal]).toEqual([null, 'breaker-open']);
  });

  it('give leases as long as they answer, and are asked for none just after they did not', async () => {
    const { cache, stores } = await join();
    stores.faults.set('b', 'hangs');
    const reading = readOf(cache, 'b:1');
    await fleet.clock.advance(250);
    expect(await reading).toBe('loaded b:1');
    await readOf(cache, 'a:1');
    expect([stores.count('acquireLease a'), stores.count('acquireLease b')]).toEqual([1, 0]);
  });

  it('are swept although one of them is down', async () => {
    const sweeps: string[] = [];
    const { cache, stores } = await join({}, (provider) => ({
      ...provider,
      invalidateCacheByPattern: (pattern) => {
        sweeps.push(pattern);
        return Promise.resolve({ removed: 1, complete: true });
      },
    }));
    stores.faults.set('b', 'fails');
    for (let i = 0; i < 4; i++) await readOf(cache, 'b:1');
    expect(await cache.invalidateCacheByPattern('b:*')).toMatchObject({ removed: 1 });
    expect(sweeps).toHaveLength(1);
  });

  it('are not blamed for a journal that does not answer, and serve as soon as it is heard again', async () => {
    const log = polledLog(fleet.store.log);
    const never = (): Promise<never> => new Promise(() => undefined);
    const { cache, stores } = await join({ blindAfterMs: 1_000 }, undefined, {
      ...log,
      read: (...args) => (log.isCut ? never() : log.read(...args)),
      append: (...args) => (log.isCut ? never() : log.append(...args)),
      poll: (...args) => log.poll?.(...args) ?? never(),
    });
    await fill(cache, ['a:1']);
    log.isCut = true;
    log.deliver();
    await fleet.clock.advance(2_000);
    for (let i = 0; i < 5; i++) {
      const reading = readOf(cache, 'a:1');
      await fleet.clock.advance(1_000);
      expect(await reading).toBe('loaded a:1');
    }
    expect(stores.count('get a')).toBeGreaterThan(5);
    expect((await cache.explain('a:1')).refusal).toBeNull();
    expect(lines.filter((line) => line.includes('store-a'))).toEqual([]);

    const invalidation = cache.invalidateCache('b:1'); // waits for an append that is never answered
    await fleet.clock.advance(2_000);
    expect(await invalidation).toMatchObject({ queued: true });
    log.isCut = false;
    log.deliver();
    await fleet.clock.advance(10);
    log.deliver();
    await settle();
    expect((await cache.status()).journal).toMatchObject({ isBlind: false, queued: 1 });
    expect(await cache.read('a:1', () => 'v')).toMatchObject({ outcome: 'hit', tier: 'l2' });
  });

  it('follow what is configured while they run', async () => {
    const { cache, stores } = await join();
    await cache.configure({ values: { circuitBreakerThreshold: 1 } });
    stores.faults.set('b', 'fails');
    await readOf(cache, 'b:1');
    expect((await cache.explain('b:1')).refusal).toBe('breaker-open');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no topology yet');
      },
    ],
    ['names none', () => undefined as unknown as string],
  ])('may be unknown: a provider that %s works as one store', async (_what, partitionOf) => {
    const { cache } = await join({}, (provider) => ({ ...provider, partitionOf }));
    await fill(cache, ['a:1']);
    expect(await readOf(cache, 'a:1')).toBe('stored a:1');
    expect(await cache.batchGet(['a:1', 'b:1'])).toEqual(['stored a:1', null]);
    await settle();
  });
});
