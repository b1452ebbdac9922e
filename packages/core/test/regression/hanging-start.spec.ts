import { Fleet, slowLoader } from '../support/fleet.js';
import { CacheService } from '../../src/service/cache.service.js';

describe('a store that hangs while the cache starts', () => {
  it('is waited for by the first reads only; later ones wait their own budget', async () => {
    const fleet = new Fleet();
    fleet.store.gate = slowLoader<void>().load();
    const cache = new CacheService(fleet.store.provider(), {
      clock: fleet.clock,
      sketchSlots: 2 ** 10,
    });
    const first = cache.cache('k1', () => 1);
    await fleet.clock.advance(500);
    expect(await first).toBe(1);
    let isAnswered = false;
    const second = cache.cache('k2', () => 2).then(() => (isAnswered = true));
    await fleet.clock.advance(251);
    expect(isAnswered).toBe(true);
    await second;
    const closing = cache.close();
    await fleet.clock.advance(60_000);
    await closing;
  });
});

describe('warm', () => {
  it('refuses a misspelt selection, which would select everything', async () => {
    const fleet = new Fleet();
    const cache = await fleet.join();
    await expect(cache.warm({ name: 'w' } as never)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('kinds, names, clinicId'),
    });
    await fleet.close();
  });
});
