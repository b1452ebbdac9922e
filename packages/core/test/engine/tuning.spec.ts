import type { CacheConfig } from '../../src/service/cache-config.js';
import { CacheService } from '../../src/service/cache.service.js';
import type { StoreTuning } from '../../src/provider/cache-provider.js';
import { Fleet } from '../support/fleet.js';

const ALL_ON = { isBatching: true, isBalanced: true, isScaling: true };

describe('the tuning of a provider', () => {
  let fleet: Fleet;

  beforeEach(() => {
    fleet = new Fleet();
  });
  afterEach(() => fleet.close());

  async function join(settings: CacheConfig['settings'] = {}) {
    const told: StoreTuning[] = [];
    const provider = {
      ...fleet.store.provider(),
      tune: (tuning: StoreTuning) => void told.push(tuning),
    };
    const cache = new CacheService(provider, {
      clock: fleet.clock,
      sketchSlots: 2 ** 10,
      settings,
    });
    fleet.caches.push(cache);
    await cache.start();
    return { cache, told };
  }

  it('is left alone until a setting of it changes', async () => {
    const { cache, told } = await join({ batch: false });
    await cache.cache('k', () => 1);
    await cache.configure({ values: { adaptive: false } });
    expect(told).toEqual([]);
  });

  it('follows the settings in every process, and returns to where they began', async () => {
    const [here, there] = [await join({ autoScaling: false }), await join({ autoScaling: false })];
    const began = { ...ALL_ON, isScaling: false };
    await here.cache.configure({ values: { batch: false } });
    await here.cache.configure({ values: { loadBalancing: false, batch: null } });
    await here.cache.configure({ values: { autoScaling: true, loadBalancing: null } });
    await here.cache.configure({ values: { autoScaling: null } });
    await fleet.clock.advance(10);
    expect(here.told[0]).toEqual({ ...began, isBatching: false });
    expect(here.told).toContainEqual({ ...began, isBalanced: false });
    expect(here.told).toContainEqual(ALL_ON);
    expect(here.told.at(-1)).toEqual(began);
    expect(there.told.at(-1)).toEqual(began);
  });

  it('is that of the stored settings from the start, where they differ', async () => {
    const { cache } = await join();
    await cache.configure({ values: { batch: false } });
    const late = await join();
    expect(late.told).toEqual([{ ...ALL_ON, isBatching: false }]);
  });
});
