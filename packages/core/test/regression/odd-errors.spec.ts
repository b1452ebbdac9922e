import type { CacheService } from '../../src/service/cache.service.js';
import { Fleet, settle } from '../support/fleet.js';
import { Patient, revoked } from '../support/odd-values.js';
import { withoutTime } from '../support/pending.js';

const KEY = 'users:7';

describe('what is thrown in odd places', () => {
  let fleet: Fleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join();
  });
  afterEach(() => fleet.close());

  const leases = (): readonly string[] =>
    [...fleet.store.items.keys()].filter((name) => name.includes(':l:') && fleet.store.read(name));

  // Jest fails a test in which a rejection is left to nobody.
  it('ends no process when a tags function gives a promise that rejects', async () => {
    const tags = (() => Promise.reject(new Error('tags'))) as never;
    expect(await cache.cache(KEY, () => 'v1', { tags })).toBe('v1');
    await expect(cache.set(KEY, 'v1', { tags })).rejects.toMatchObject({ code: 'TAG_INVALID' });
    await settle();
  });

  describe('by a loader', () => {
    const odd: [string, () => unknown][] = [
      [
        'something whose code throws',
        () => ({
          get code(): never {
            throw new Error('code');
          },
        }),
      ],
      ['a status that is a symbol', () => ({ status: Symbol('status') })],
      ['a status that is no number', () => ({ status: Object.create(null) as unknown })],
    ];
    const raise = (thrown: unknown) => (): never => {
      throw thrown;
    };

    it.each(odd)('reaches the caller as it is: %s', async (_, make) => {
      const thrown = make();
      const caught = jest.fn();
      await cache.cache(KEY, raise(thrown)).catch(caught);
      expect(caught.mock.calls[0]?.[0] === thrown).toBe(true);
    });

    it.each([...odd, ['a revoked proxy', revoked] as const])(
      'leaves no lease to wait for: %s',
      async (_, make) => {
        const other = await fleet.join();
        await cache.cache(KEY, raise(make())).catch(() => undefined);
        await settle();
        expect(leases()).toEqual([]);
        expect(await withoutTime(other.cache(KEY, () => 'v1'))).toBe('v1');
      },
    );
  });

  describe('by a logger', () => {
    const broken = (): never => {
      throw new Error('logger');
    };
    const later = (): Promise<never> => Promise.reject(new Error('logger'));

    it('does not fail reads whose values are odd', async () => {
      const logger = { debug: broken, log: broken, warn: broken, error: broken };
      const logging = await fleet.join({ logger });
      const value = { greet: (): string => 'hello' };
      expect(await logging.cache('functions', () => value, { template: 'f' })).toBe(value);
      await logging.cache('instances', () => new Patient(), { template: 'i' });
      await logging.settled();
      expect(await logging.get('instances')).toEqual({ name: 'Ada' });
    });

    it('does not let a set through that an epoch change makes unsafe', async () => {
      const logger = { debug: broken, log: broken, warn: broken, error: broken };
      const logging = await fleet.join({ logger });
      await logging.cache(KEY, () => 'v1');
      const fence = logging.fence();
      await fleet.store.log.advanceEpoch(fence?.epoch ?? null, '1;xxh64', 0);
      await settle();
      expect(await logging.set(KEY, 'old', { ttl: 60, since: fence })).toMatchObject({
        stored: false,
      });
    });

    it('ends no process when it is thrown later', async () => {
      const logger = { debug: later, log: later, warn: later, error: later } as never;
      const logging = await fleet.join({ logger });
      await logging.cache(KEY, () => new Patient());
      await settle();
      expect(await logging.get(KEY)).toEqual({ name: 'Ada' });
    });
  });
});
