import { CacheService } from '../../src/service/cache.service.js';
import type { ICacheProvider, ReadOptions } from '../../src/provider/cache-provider.js';
import { Fleet, slowLoader } from '../support/fleet.js';

const KEY = 'users:7';

describe('a provider whose replicas lag behind', () => {
  let fleet: Fleet;
  let asked: (readonly [key: string, options: ReadOptions | undefined])[];

  beforeEach(() => {
    fleet = new Fleet();
    asked = [];
  });
  afterEach(() => fleet.close());

  /** What is read without saying that it must be the latest is answered by a replica that has nothing yet. */
  async function join(): Promise<CacheService> {
    const store = fleet.store.provider();
    const provider: ICacheProvider = {
      ...store,
      get: (...args) => {
        asked.push([args[0], args[1]]);
        expect(args).toHaveLength(args[1] === undefined ? 1 : 2); // plain reads pass nothing
        return args[1]?.isLatest ? store.get(args[0]) : Promise.resolve(null);
      },
      getMany: (keys) => Promise.resolve(keys.map(() => null)),
    };
    const cache = new CacheService(provider, {
      clock: fleet.clock,
      sketchSlots: 2 ** 10,
      random: () => 0.5,
    });
    fleet.caches.push(cache);
    await cache.start();
    return cache;
  }

  it('still loads once in the fleet: who waited finds what was stored', async () => {
    const [first, second] = [await join(), await join()];
    const source = slowLoader<string>();
    const reads = [first.cache(KEY, source.load), second.cache(KEY, source.load)];
    await fleet.clock.advance(20);
    source.resolve('v1');
    await fleet.clock.advance(100);
    expect(await Promise.all(reads)).toEqual(['v1', 'v1']);
    expect(source.calls).toBe(1);
  });

  it('still shares the failure of a load', async () => {
    const [first, second] = [await join(), await join()];
    const source = slowLoader<string>();
    const reads = [first, second].map((cache) =>
      cache.cache(KEY, source.load).catch((error: Error) => error.message),
    );
    await fleet.clock.advance(20);
    source.reject(new Error('down'));
    await fleet.clock.advance(100);
    const said = await Promise.all(reads);
    expect(said).toContain('down');
    expect(said.filter((line) => /another process/i.test(String(line)))).toHaveLength(1);
    expect(source.calls).toBe(1);
  });

  it('still updates what was stored last', async () => {
    const [first, second] = [await join(), await join()];
    await first.update<number>('counter', (value) => (value ?? 0) + 1);
    const { value } = await second.update<number>('counter', (found) => (found ?? 0) + 1);
    expect(value).toBe(2);
  });

  it('still gives the settings that are in force', async () => {
    const first = await join();
    await first.configure({ values: { enabled: false } });
    const second = await join();
    expect(second.settings.enabled).toBe(false);
  });

  it('is asked for the latest only where that matters', async () => {
    const cache = await join();
    asked.length = 0;
    await cache.cache(KEY, () => 'v1');
    await cache.get(KEY);
    await cache.batchGet([KEY, 'users:8']);
    // Behind the lease; all else was asked for by `getMany`.
    expect(asked).toEqual([[`vc:default:e:{${KEY}}`, { isLatest: true }]]);
  });
});
