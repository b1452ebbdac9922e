import { CacheService } from '../../src/service/cache.service.js';
import { Fleet, settle, slowLoader } from '../support/fleet.js';
import { polledLog } from '../support/polled-journal.log.js';

const KEY = 'users:7';

describe('a value that is set before the journal was read', () => {
  it('is not stored: others may have invalidated it since it was looked up', async () => {
    const fleet = new Fleet();
    await fleet.join();
    const late = new CacheService(fleet.store.provider(polledLog(fleet.store.log)), {
      clock: fleet.clock,
    });
    expect(await late.set(KEY, 'old', 60)).toMatchObject({ recorded: true, stored: false });
    expect(await late.set(KEY, 'new', 60)).toMatchObject({ recorded: true, stored: true });
    const closing = late.close();
    await fleet.clock.advance(60_000);
    await closing;
    await fleet.close();
  });
});

describe('an update', () => {
  it('is not failed by the loader of somebody else', async () => {
    const fleet = new Fleet();
    const [a, b] = [await fleet.join(), await fleet.join()];
    const slow = slowLoader<number>();
    const read = expect(a.cache(KEY, slow.load)).rejects.toThrow('down');
    await settle();
    const update = b.update<number>(KEY, (n) => (n ?? 0) + 1, 60);
    await fleet.clock.advance(20);
    slow.reject(new Error('down'));
    await fleet.clock.advance(1_000);
    await read;
    expect(await update).toMatchObject({ stored: true, value: 1 });
    await fleet.close();
  });
});

describe('a lease whose answer was lost', () => {
  it('is given back, so that nobody waits for it', async () => {
    const fleet = new Fleet();
    const [a, b] = [await fleet.join(), await fleet.join()];
    const provider = fleet.store.provider();
    const lost = jest.spyOn(fleet.store, 'provider').mockReturnValue({
      ...provider,
      acquireLease: async (...args) => {
        await provider.acquireLease?.(...args);
        return new Promise(() => undefined);
      },
    });
    const c = await fleet.join();
    lost.mockRestore();
    const read = c.cache(KEY, () => 'v1', { negativeTtlMs: 0 });
    await fleet.clock.advance(300);
    expect(await read).toBe('v1');
    await settle();
    await a.invalidateCache(KEY);
    const load = jest.fn(() => 'v2');
    const next = b.cache(KEY, load);
    await fleet.clock.advance(10);
    expect(load).toHaveBeenCalledTimes(1);
    expect(await next).toBe('v2');
    await fleet.close();
  });
});
