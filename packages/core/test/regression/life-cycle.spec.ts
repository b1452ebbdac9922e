import type { CachePlugin } from '../../src/plugin/cache-plugin.js';
import type { ICacheProvider } from '../../src/provider/cache-provider.js';
import { CacheService } from '../../src/service/cache.service.js';
import type { CacheConfig } from '../../src/service/cache-config.js';
import { FakeClock } from '../support/fake-clock.js';
import { settle, slowLoader } from '../support/fleet.js';
import { SharedStore } from '../support/shared.store.js';

const KEY = 'users:7';
const never = (): Promise<never> => new Promise(() => undefined);

/** Counts the sleeps that nobody has ended. */
class CountingClock extends FakeClock {
  open = 0;

  override async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.open++;
    await super.sleep(ms, signal);
    this.open--;
  }
}

describe('the life of a cache', () => {
  let clock: CountingClock;
  let store: SharedStore;
  /** What was done to the store's connection, in order. */
  let connection: string[];

  beforeEach(() => {
    clock = new CountingClock();
    store = new SharedStore(clock);
    connection = [];
  });

  function make(connecting: Promise<unknown> = Promise.resolve(), more: CacheConfig = {}) {
    const managed: ICacheProvider = Object.assign(store.provider(), {
      connect: async () => {
        await connecting;
        connection.push('connect');
      },
      close: async () => void connection.push('close'),
    });
    return new CacheService(managed, { clock, sketchSlots: 2 ** 10, ...more });
  }

  async function close(cache: Pick<CacheService, 'close'>): Promise<void> {
    const closing = cache.close();
    await clock.advance(60_000);
    await closing;
  }

  it('connects to no store after its end', async () => {
    const cache = make();
    await close(cache);
    connection = [];
    expect(await cache.get(KEY)).toBeNull();
    expect(await cache.cache(KEY, () => 'v1')).toBe('v1');
    await expect(cache.invalidateCache(KEY)).rejects.toMatchObject({ code: 'CLOSED' });
    await cache.start();
    expect(connection).toEqual([]);
  });

  it('closes a connection that comes after its end', async () => {
    const gate = slowLoader<void>();
    const cache = make(gate.load());
    const starting = cache.start();
    await close(cache);
    gate.resolve();
    await starting;
    await settle();
    expect(connection.at(-1)).toBe('close');
    expect(connection).toContain('connect');
  });

  it('starts and closes its plugins once', async () => {
    const plugin = { name: 'once', start: jest.fn(), close: jest.fn() } satisfies CachePlugin;
    const cache = make(undefined, { plugins: [plugin] });
    await Promise.all([cache.start(), cache.start()]);
    await cache.start();
    await Promise.all([close(cache), cache.close()]);
    await cache.close();
    await cache.start();
    expect(plugin.start).toHaveBeenCalledTimes(1);
    expect(plugin.close).toHaveBeenCalledTimes(1);
    expect(connection).toEqual(['connect', 'close']);
  });

  it('starts no plugin after its end', async () => {
    const plugin = { name: 'late', start: jest.fn() } satisfies CachePlugin;
    const cache = make(undefined, { plugins: [plugin] });
    await close(cache);
    await cache.start();
    expect(plugin.start).not.toHaveBeenCalled();
  });

  describe('ends for those who wait', () => {
    it.each<[string, Parameters<CacheService['cache']>[2]]>([
      ['a load', {}],
      ['a load with a limit', { hardTimeoutMs: 3_600_000 }],
    ])('for %s that never ends, and leaves no timer', async (_, options) => {
      const cache = make();
      await cache.start();
      const read = cache.cache(KEY, never, options).catch((error: unknown) => error);
      await settle();
      await close(cache);
      expect(clock.open).toBe(0);
      expect(await Promise.race([read, settle().then(() => 'pending')])).toMatchObject({
        code: 'CLOSED',
      });
    });
  });
});
