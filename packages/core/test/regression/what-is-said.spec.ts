import type { CacheService } from '../../src/service/cache.service.js';
import { Fleet, settle, slowLoader } from '../support/fleet.js';

const KEY = 'users:7';

describe('what a cache says of itself', () => {
  let fleet: Fleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join();
  });
  afterEach(() => fleet.close());

  const switchOff = (): Promise<unknown> => cache.configure({ values: { enabled: false } });

  it('explains that it is off', async () => {
    await cache.cache(KEY, () => 'v1');
    await switchOff();
    expect(await cache.explain(KEY)).toMatchObject({ refusal: 'disabled' });
  });

  it('stores nothing that was still loading when it was switched off', async () => {
    const slow = slowLoader<string>();
    const read = cache.cache(KEY, slow.load);
    await settle();
    await switchOff();
    slow.resolve('v1');
    expect(await read).toBe('v1');
    await cache.settled();
    await cache.configure({ values: { enabled: true } });
    expect(await cache.get(KEY)).toBeNull();
  });

  it('stores nothing of a template that was switched off while it was loading', async () => {
    const slow = slowLoader<string>();
    const read = cache.cache(KEY, slow.load, { template: 'users' });
    await settle();
    await cache.configure({ templates: { users: { enabled: false } } });
    slow.resolve('v1');
    await read;
    await cache.settled();
    expect(await cache.get(KEY)).toBeNull();
  });

  it('tells once a minute, not once each time, that the journal is lost over and over', async () => {
    const warn = jest.fn();
    const logger = { debug: jest.fn(), log: jest.fn(), warn, error: jest.fn() };
    await fleet.join({ logger });
    const lose = async (): Promise<void> => {
      const [newest] = await fleet.store.log.readBackwards(Infinity, 1);
      await fleet.store.log.advanceEpoch(newest?.epoch ?? null, newest?.constants ?? '', 0);
      await settle();
    };
    for (let i = 0; i < 5; i++) await lose();
    expect(warn).toHaveBeenCalledTimes(1);
    await fleet.clock.advance(60_000);
    await lose();
    expect(warn).toHaveBeenCalledTimes(2);
    expect(warn.mock.lastCall?.[0]).toContain('4 more times');
  });

  describe('stored: false, where a set', () => {
    it('is refused by the store, which holds something later', async () => {
      const provider = fleet.store.provider();
      const made = jest
        .spyOn(fleet.store, 'provider')
        .mockReturnValue({ ...provider, setFenced: () => Promise.resolve(false) });
      const refused = await fleet.join();
      made.mockRestore();
      expect(await refused.set(KEY, 'v1', 60)).toMatchObject({ recorded: true, stored: false });
    });

    it('is overtaken before it is stored', async () => {
      const other = await fleet.join();
      const gate = slowLoader<void>();
      const set = cache.set(KEY, 'v1', 60);
      fleet.store.gate = gate.load();
      const overtaking = other.set(KEY, 'v2', 60);
      await settle();
      gate.resolve();
      const results = await Promise.all([set, overtaking]);
      const read = await cache.cache(KEY, () => 'loaded', { consistency: 'strong' });
      const last = results[1].stored ? 'v2' : results[0].stored ? 'v1' : 'loaded';
      expect(read).toBe(last);
      expect(results.filter(({ stored }) => stored).length).toBeLessThan(2);
    });
  });
});
