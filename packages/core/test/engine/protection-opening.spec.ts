import { CacheError } from '../../src/errors/cache.error.js';
import { CacheService } from '../../src/service/cache.service.js';
import { Fleet, settle } from '../support/fleet.js';
import { withoutTime, PENDING } from '../support/pending.js';
import { TestProtection } from '../support/test-protection.js';

const KEY = 'users:7';
const REASON = new CacheError('CONFIG_INVALID', 'The keyring can not be read; see CACHE_KEYRING.');

describe('opening the protection of a cache', () => {
  let fleet: Fleet;
  let protection: TestProtection;

  beforeEach(() => {
    fleet = new Fleet();
    protection = new TestProtection();
  });
  afterEach(() => fleet.close());

  function made(): CacheService {
    const logger = { debug: jest.fn(), log: jest.fn(), warn: jest.fn(), error: jest.fn() };
    const cache = new CacheService(fleet.store.provider(), {
      clock: fleet.clock,
      plugins: [protection.plugin],
      logger,
    });
    fleet.caches.push(cache);
    return cache;
  }

  function failing(error: unknown): void {
    protection.opening = Promise.resolve().then(() => {
      throw error;
    });
    protection.opening.catch(() => undefined);
  }

  it('comes before anything is named, once, and closing it at the end', async () => {
    void protection.opening.then(() =>
      protection.calls.push(`named ${protection.names.named.length}`),
    );
    const cache = made();
    await cache.start();
    expect(await cache.cache(KEY, () => 'v1')).toBe('v1');
    await settle();
    expect(protection.names.named).toContain(KEY);
    await cache.close();
    expect(protection.calls).toEqual(['open', 'named 0', 'close']);
  });

  it('that fails keeps the application down: nothing is read, stored or named, loaders are called', async () => {
    failing(REASON);
    const cache = made();
    await expect(cache.start()).rejects.toBe(REASON);
    expect(await cache.read(KEY, () => 'v1')).toMatchObject({ value: 'v1', outcome: 'bypass' });
    expect(await cache.cache(KEY, () => 'v2', { consistency: 'strong' })).toBe('v2');
    expect(await cache.cacheMany([KEY], () => ['v3'])).toEqual(['v3']);
    expect(await cache.get(KEY)).toBeNull();
    expect(await cache.batchGet([KEY])).toEqual([null]);
    expect(await cache.explain(KEY)).toMatchObject({ state: 'absent' });
    expect(await cache.probe(KEY)).toMatchObject({ verdict: 'absent' });
    expect(await cache.waitFor(1)).toBe(false);
    expect(cache.fence()).toBeNull();
    expect([fleet.store.calls, protection.names.named]).toEqual([[], []]);
    expect(fleet.store.log.newestStamp).toBe(0);
  });

  it('that fails is no success of what writes or invalidates', async () => {
    failing(REASON);
    const cache = made();
    await expect(cache.set(KEY, 'v')).rejects.toBe(REASON);
    await expect(cache.batchSet([{ key: KEY, value: 'v' }])).rejects.toBe(REASON);
    await expect(cache.update(KEY, () => 'v')).rejects.toBe(REASON);
    await expect(cache.invalidateCache(KEY)).rejects.toBe(REASON);
    await expect(cache.del(KEY)).rejects.toBe(REASON);
    await expect(cache.clear()).rejects.toBe(REASON);
    await expect(cache.configure({ values: { enabled: false } })).rejects.toBe(REASON);
  });

  it('that fails is told by the health', async () => {
    failing(REASON);
    const cache = made();
    await cache.get(KEY);
    const { status, reasons } = await cache.getCacheHealthReport();
    expect(status).toBe('critical');
    expect(reasons.join()).toContain('see CACHE_KEYRING');
  });

  it('that fails with something else is told without what that says', async () => {
    failing(new Error('secret 1234'));
    const refusal = await made()
      .start()
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(String(refusal)).not.toContain('1234');
  });

  it('that takes long holds up a first read no longer than the store may', async () => {
    let open: (value?: unknown) => void = () => undefined;
    protection.opening = new Promise((resolve) => (open = resolve));
    const cache = made();
    const reading = cache.read(KEY, () => 'v1');
    const writing = cache.invalidateCache(KEY).catch((error: unknown) => error);
    expect(await withoutTime(reading)).toBe(PENDING);
    await fleet.clock.advance(250);
    expect(await withoutTime(reading)).toMatchObject({ value: 'v1', outcome: 'bypass' });
    await fleet.clock.advance(2_000);
    expect(await withoutTime(writing)).toMatchObject({ code: 'STORE_TIMEOUT' });
    open();
    await settle();
    await cache.cache(KEY, () => 'v2');
    await settle();
    expect(await cache.cache(KEY, () => 'v3')).toBe('v2');
  });

  it('that never ends is given up', async () => {
    protection.opening = new Promise(() => undefined);
    const starting = made().start();
    const rejected = starting.catch((error: unknown) => error);
    await fleet.clock.advance(10_000);
    expect(await withoutTime(rejected)).toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
