import { AsyncLocalStorage } from 'node:async_hooks';

import { CacheError } from '../../src/errors/cache.error.js';
import type { CacheOperation } from '../../src/middleware/cache-middleware.js';
import type { CacheService } from '../../src/service/cache.service.js';
import { settle } from '../support/fake-clock.js';
import { slowLoader } from '../support/fleet.js';
import { ProtectedFleet } from '../support/protected-fleet.js';

const KEY = 'patients:ada';

describe('calls on protected data', () => {
  let fleet: ProtectedFleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new ProtectedFleet();
    cache = await fleet.protect();
  });
  afterEach(() => fleet.close());

  const as = <T>(tenant: string, scope: string, work: () => T): T =>
    fleet.protection.as(tenant, scope, work);
  const read = (value: string, who: readonly [string, string] = ['t1', ''], key = KEY) =>
    fleet.read(cache, key, () => value, {}, who);

  it.each<[string, (cache: CacheService) => Promise<unknown>]>([
    ['cache', (one) => one.cache(KEY, () => 1, fleet.options)],
    ['read', (one) => one.read(KEY, () => 1, fleet.options)],
    ['prefetch', (one) => one.prefetch(KEY, () => 1, fleet.options)],
    ['cacheMany', (one) => one.cacheMany([KEY], () => [1], fleet.options)],
    ['set', (one) => one.set(KEY, 1, fleet.options)],
    ['batchSet', (one) => one.batchSet([{ key: KEY, value: 1, ...fleet.options }])],
    ['update', (one) => one.update(KEY, () => 1, fleet.options)],
  ])(
    'are refused with what the protection says, before anything is looked up: %s',
    async (_, call) => {
      fleet.store.calls.length = 0;
      const { newestStamp } = fleet.store.log;
      const refusal = new CacheError('OPTION_INVALID', 'Not for you.');
      jest.spyOn(fleet.protection, 'admit').mockImplementation(() => {
        throw refusal;
      });
      await expect(call(cache)).rejects.toBe(refusal);
      expect([fleet.store.calls, fleet.store.log.newestStamp]).toEqual([[], newestStamp]);
    },
  );

  it('are no concern of calls on anything else', async () => {
    const admit = jest.spyOn(fleet.protection, 'admit');
    expect(await cache.cache(KEY, () => 1)).toBe(1);
    await cache.set(KEY, 2);
    await cache.update(KEY, () => 3);
    await cache.cacheMany([KEY], () => [4]);
    expect(admit).not.toHaveBeenCalled();
  });

  it('of two tenants or scopes never share an entry, a load or a lease', async () => {
    expect((await read('of t1')).value).toBe('of t1');
    expect((await read('of t2', ['t2', ''])).value).toBe('of t2');
    expect((await read('of t1, scoped', ['t1', 'clinic'])).value).toBe('of t1, scoped');
    expect((await read('x')).value).toBe('of t1');
    expect(new Set(fleet.entries.map(([name]) => name)).size).toBe(3);

    const slow = slowLoader<string>();
    const both = ['t1', 't2'].map((tenant) =>
      as(tenant, '', () => cache.cache('patients:bob', slow.load, fleet.options)),
    );
    await settle();
    expect(slow.calls).toBe(2);
    slow.resolve('first');
    slow.resolve('second');
    expect(await Promise.all(both)).toEqual(['first', 'second']);
  });

  it('of one caller share a load', async () => {
    const slow = slowLoader<string>();
    const both = [1, 2].map(() => as('t1', '', () => cache.read(KEY, slow.load, fleet.options)));
    await settle();
    slow.resolve('once');
    const outcomes = (await Promise.all(both)).map(({ outcome }) => outcome);
    expect([slow.calls, outcomes]).toEqual([1, ['miss', 'joined']]);
  });

  it('go past the cache where the protection says so: nothing is stored, and what was set makes invalid', async () => {
    await read('v1');
    fleet.protection.isOff = true;
    const before = fleet.entries.length;
    expect(await read('v2')).toMatchObject({ value: 'v2', outcome: 'bypass' });
    expect(await as('t1', '', () => cache.cacheMany([KEY], () => ['v3'], fleet.options))).toEqual([
      'v3',
    ]);
    const set = await as('t1', '', () => cache.set(KEY, 'v4', fleet.options));
    expect(set).toMatchObject({ recorded: true, stored: false });
    const update = await as('t1', '', () => cache.update(KEY, () => 'v5', fleet.options));
    expect(update).toMatchObject({ recorded: true, stored: false, value: 'v5' });
    expect(fleet.entries.length).toBeLessThanOrEqual(before);
    fleet.protection.isOff = false;
    expect(await read('v6')).toMatchObject({ value: 'v6', outcome: 'miss' });
  });

  it.each<[string, (one: CacheService) => Promise<unknown>]>([
    ['key', (one) => one.invalidateCache(KEY)],
    ['del', (one) => one.del(KEY)],
    ['prefix', (one) => one.invalidateCacheByPattern('patients:*')],
    ['glob', (one) => one.invalidateCacheByPattern('*:ada')],
    ['tag of the protection', (one) => one.invalidateCacheByTag('patient:ada')],
    ['own tag', (one) => one.invalidateCacheByTag('charts')],
    ['clear', (one) => one.clear()],
    ['a set of one scope', (one) => as('t2', '', () => one.set(KEY, 'set', fleet.options))],
    [
      'an update of one scope',
      (one) => as('t2', '', () => one.update(KEY, () => 'up', fleet.options)),
    ],
  ])('are covered for every tenant and scope by %s', async (_, invalidate) => {
    const other = await fleet.protect();
    const callers = [
      ['t1', ''],
      ['t1', 'clinic'],
      ['t3', ''],
    ] as const;
    const tagged = { tags: ['charts'] };
    for (const who of callers) await fleet.read(cache, KEY, () => 'v1', tagged, who);
    await invalidate(other);
    for (const who of callers) {
      const found = await fleet.read(cache, KEY, () => 'v2', tagged, who);
      expect(found).toMatchObject({ value: 'v2', outcome: 'miss' });
    }
  });

  it('carry the tags of the protection whatever the loader says', async () => {
    const load = ({ setTags }: { setTags: (tags: string[]) => void }): string => {
      setTags(['other']);
      return 'v1';
    };
    await as('t1', '', () => cache.cache(KEY, load, fleet.options));
    await settle();
    await cache.invalidateCacheByTag('patient:ada');
    expect((await read('v2')).value).toBe('v2');
    const tags = (): string[] => ['computed'];
    await fleet.read(cache, 'patients:bob', () => 'v1', { tags });
    await cache.invalidateCacheByTag('patient:ada');
    expect(await fleet.read(cache, 'patients:bob', () => 'v2', { tags })).toMatchObject({
      value: 'v2',
    });
  });

  it('are stored by set, where the caller finds them', async () => {
    const set = await as('t1', '', () => cache.set(KEY, 'set', fleet.options));
    expect(set).toMatchObject({ recorded: true, stored: true });
    expect(await read('x')).toMatchObject({ value: 'set', outcome: 'hit' });
    expect(await read('other', ['t2', ''])).toMatchObject({ value: 'other', outcome: 'miss' });
    const many = await as('t1', '', () =>
      cache.batchSet([
        { key: 'open', value: 1 },
        { key: KEY, value: 'a', ...fleet.options },
        { key: KEY, value: 'b', ...fleet.options },
        { key: 'patients:bob', value: () => 'no value', ...fleet.options },
      ]),
    );
    expect(many).toMatchObject({ recorded: true, queued: false, failed: 1 });
    expect([await cache.get('open'), (await read('x')).value]).toEqual([1, 'b']);
  });

  it('are told to middleware as what they are, also in a batch of writes', async () => {
    const seen: CacheOperation[] = [];
    const watching = await fleet.protect({
      middleware: [
        {
          name: 'watch',
          handle: (operation, next) => {
            seen.push(operation);
            return next();
          },
        },
      ],
    });
    await as('t1', '', () =>
      watching.batchSet([
        { key: 'open', value: 1 },
        { key: KEY, value: 'a', ...fleet.options },
        { key: 'patients:bob', value: 'b', ...fleet.options },
      ]),
    );
    expect(seen.map(({ each }) => each?.map(({ containsPHI }) => containsPHI))).toEqual([
      [false, true, true],
    ]);
  });

  it('are read in batches each for itself, and the loader is asked for the keys of its caller', async () => {
    await read('cached');
    const asked: string[] = [];
    const values = await as('t1', '', () =>
      cache.cacheMany(
        [KEY, 'patients:bob', KEY],
        (keys) => {
          asked.push(...keys);
          return keys.map((key) => `loaded ${key}`);
        },
        fleet.options,
      ),
    );
    expect([values, asked]).toEqual([
      ['cached', 'loaded patients:bob', 'cached'],
      ['patients:bob'],
    ]);
    await settle();
    expect((await read('x', ['t1', ''], 'patients:bob')).value).toBe('loaded patients:bob');
  });

  it('are refreshed in the background without their caller', async () => {
    const swr = { name: 'swr', when: () => false, read: () => Promise.reject(new Error('unused')) };
    const own = await fleet.protect({ strategies: [swr] });
    const more = { staleTime: 100 };
    await fleet.read(own, KEY, () => 'v1', more);
    await fleet.clock.advance(101_000);
    const admitted = fleet.protection.calls.length;
    expect(await fleet.read(own, KEY, () => 'v2', more)).toMatchObject({
      value: 'v1',
      outcome: 'stale',
    });
    expect(await fleet.read(own, KEY, () => 'x', more)).toMatchObject({
      value: 'v2',
      outcome: 'hit',
    });
    expect(fleet.protection.calls.length - admitted).toBe(2); // the two reads
  });

  it('are admitted in the context of their caller, also inside middleware that waits', async () => {
    const request = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const own = await fleet.protect({
      middleware: [
        {
          name: 'slow',
          handle: async (_operation, next) => {
            await settle();
            return next();
          },
        },
      ],
    });
    const admit = fleet.protection.admit.bind(fleet.protection);
    jest.spyOn(fleet.protection, 'admit').mockImplementation((key, options) => {
      seen.push(request.getStore());
      return admit(key, options);
    });
    await as('t1', '', () =>
      request.run('r1', () => own.cacheMany([KEY, 'b'], () => [1, 2], fleet.options)),
    );
    await as('t1', '', () => request.run('r2', () => own.set(KEY, 1, fleet.options)));
    expect(seen).toEqual(['r1', 'r1', 'r2']);
  });

  it('catch up when there is no news for a second, if they are above the standard level', async () => {
    const { link, deliver } = await silent();
    const level = { complianceLevel: 'sensitive' } as const;
    await fleet.read(link, KEY, () => 'v1', level);
    await fleet.read(link, 'patients:bob', () => 'v1');
    await cache.invalidateCacheByPattern('patients:*');
    fleet.clock.jump(1_001);
    expect((await fleet.read(link, 'patients:bob', () => 'v2')).value).toBe('v1');
    expect((await fleet.read(link, KEY, () => 'v2', level)).value).toBe('v2');
    deliver();
  });

  it('need a protection, if they are only to be sealed', async () => {
    const plain = await fleet.join({ namespace: 'plain' });
    await expect(plain.cache(KEY, () => 1, { encrypt: true })).rejects.toMatchObject({
      code: 'FEATURE_MISSING',
      message: expect.stringContaining('encrypt') as string,
    });
    const session = await fleet.read(cache, 'session:1', () => 'token', {
      containsPHI: false,
      encrypt: true,
    });
    expect(session.value).toBe('token');
    expect(fleet.entries.map(([, bytes]) => bytes.toString('latin1')).join()).not.toContain(
      'token',
    );
  });

  async function silent() {
    const { polledLog } = await import('../support/polled-journal.log.js');
    const view = polledLog(fleet.store.log);
    const link = await fleet.join({ plugins: [fleet.protection.plugin] }, view);
    return { link, deliver: () => view.deliver() };
  }
});
