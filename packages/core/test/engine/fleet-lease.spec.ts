import { CacheError, CacheLoadTimeoutError } from '../../src/errors/cache.error.js';
import { Fleet, settle, slowLoader } from '../support/fleet.js';

const KEY = 'users:7';

describe('one load for the whole fleet', () => {
  let fleet: Fleet;

  beforeEach(() => (fleet = new Fleet()));
  afterEach(() => fleet.close());

  it('loads once when processes ask at the same time, and all get the value', async () => {
    const caches = await Promise.all([1, 2, 3, 4].map(() => fleet.join()));
    const slow = slowLoader<string>();
    const reads = caches.flatMap((cache) => [
      cache.cache(KEY, slow.load),
      cache.cache(KEY, slow.load),
    ]);
    await fleet.clock.advance(200);
    expect(slow.calls).toBe(1);
    slow.resolve('v1');
    await fleet.clock.advance(100);
    expect(await Promise.all(reads)).toEqual(reads.map(() => 'v1'));
    expect(slow.calls).toBe(1);
  });

  it('leaves no lease behind', async () => {
    const [a, b] = [await fleet.join(), await fleet.join()];
    const slow = slowLoader<string>();
    const reads = [a.cache(KEY, slow.load), b.cache(KEY, slow.load)];
    await fleet.clock.advance(50);
    slow.resolve('v1');
    await fleet.clock.advance(100);
    await Promise.all(reads);
    await settle();
    expect([...fleet.store.items.keys()].filter((name) => name.includes(':l:'))).toEqual([]);
  });

  it('shares a failure with those who waited, as a code, and calls the loader no second time', async () => {
    const [a, b] = [await fleet.join(), await fleet.join()];
    const slow = slowLoader<string>();
    const error = Object.assign(new Error('patient 7 is not to be read'), { code: 'ECONNREFUSED' });
    const first = a.cache(KEY, slow.load);
    const second = b.cache(KEY, slow.load);
    const ends = Promise.allSettled([first, second]);
    await fleet.clock.advance(50);
    slow.reject(error);
    await fleet.clock.advance(200);
    const [mine, theirs] = await ends;
    expect(mine).toEqual({ status: 'rejected', reason: error });
    expect(theirs).toMatchObject({ status: 'rejected', reason: { code: 'LOAD_FAILED' } });
    expect((theirs as PromiseRejectedResult).reason.message).toContain('ECONNREFUSED');
    expect((theirs as PromiseRejectedResult).reason.message).not.toContain('patient');
    expect(slow.calls).toBe(1);
  });

  it('shares no answer with a 4xx status: the next one asks for itself', async () => {
    const [a, b] = [await fleet.join(), await fleet.join()];
    const slow = slowLoader<string>();
    const ends = Promise.allSettled([a.cache(KEY, slow.load), b.cache(KEY, slow.load)]);
    await fleet.clock.advance(50);
    slow.reject(Object.assign(new Error('not yours'), { status: 403 }));
    await fleet.clock.advance(50);
    expect(slow.calls).toBe(2);
    slow.resolve('v1');
    await fleet.clock.advance(50);
    expect((await ends)[1]).toEqual({ status: 'fulfilled', value: 'v1' });
  });

  it('gives a lease back as soon as the store takes it, if it did not when the load ended', async () => {
    const [a, b] = [await fleet.join(), await fleet.join()];
    const slow = slowLoader<string>();
    const first = a.cache(KEY, slow.load);
    await fleet.clock.advance(50);
    fleet.store.failure = new CacheError('STORE_REFUSED', 'READONLY');
    slow.resolve('v1');
    await fleet.clock.advance(100);
    expect(await first).toBe('v1');
    fleet.store.failure = null;
    await fleet.clock.advance(400);
    const load = jest.fn(() => 'v2');
    const second = b.cache(KEY, load);
    await fleet.clock.advance(100);
    expect(load).toHaveBeenCalledTimes(1);
    expect(await second).toBe('v2');
  });

  it('takes over from a process that died', async () => {
    const b = await fleet.join();
    const token = new Uint8Array(28);
    await fleet.store.provider().acquireLease?.(`vc:default:l:{${KEY}}`, token, 6_000);
    const load = jest.fn(() => 'v1');
    const read = b.cache(KEY, load, { tags: ['x'] });
    await fleet.clock.advance(7_000);
    expect(await read).toBe('v1');
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('takes over at once from a load that an invalidation has made worthless', async () => {
    const [a, b] = [await fleet.join(), await fleet.join()];
    const [old, fresh] = [slowLoader<string>(), slowLoader<string>()];
    const doomed = a.cache(KEY, old.load, { tags: ['users'] });
    await fleet.clock.advance(20);
    await b.invalidateCacheByTag('users');
    const read = b.cache(KEY, fresh.load, { tags: ['users'] });
    await fleet.clock.advance(50);
    expect(fresh.calls).toBe(1);
    fresh.resolve('new');
    await fleet.clock.advance(50);
    expect(await read).toBe('new');
    old.resolve('old');
    await fleet.clock.advance(50);
    expect(await doomed).toBe('old');
    expect(await b.cache(KEY, () => 'newer', { tags: ['users'] })).toBe('new');
  });

  it('keeps its lease through a long load', async () => {
    const [a, b] = [await fleet.join(), await fleet.join()];
    const slow = slowLoader<string>();
    const reads = [a.cache(KEY, slow.load), b.cache(KEY, slow.load)];
    await fleet.clock.advance(20_000);
    expect(slow.calls).toBe(1);
    slow.resolve('v1');
    await fleet.clock.advance(100);
    expect(await Promise.all(reads)).toEqual(['v1', 'v1']);
  });

  it('lets nobody wait for ever for a load that never ends', async () => {
    const [a, b] = [await fleet.join(), await fleet.join()];
    const hung = slowLoader<string>();
    void a.cache(KEY, hung.load).catch(() => undefined);
    await fleet.clock.advance(10);
    const read = b.cache(KEY, () => 'v1');
    await fleet.clock.advance(31_000);
    expect(await read).toBe('v1');
    hung.resolve('late');
  });

  it('goes on without leases when the store is down', async () => {
    const [a, b] = [await fleet.join(), await fleet.join()];
    fleet.store.failure = new Error('down');
    const load = jest.fn(() => 'v1');
    const reads = Promise.all([a.cache(KEY, load), b.cache(KEY, load)]);
    await fleet.clock.advance(1_000);
    expect(await reads).toEqual(['v1', 'v1']);
    expect(load).toHaveBeenCalledTimes(2);
    fleet.store.failure = null;
  });

  it('waits for nobody when it is told to load', async () => {
    const [a, b] = [await fleet.join(), await fleet.join()];
    const slow = slowLoader<string>();
    const reads = [
      a.cache(KEY, slow.load, { forceRefresh: true }),
      b.cache(KEY, slow.load, { forceRefresh: true }),
    ];
    await fleet.clock.advance(50);
    expect(slow.calls).toBe(2); // both asked for a load of their own
    slow.resolve('v1');
    slow.resolve('v2');
    await fleet.clock.advance(100);
    expect((await Promise.all(reads)).sort()).toEqual(['v1', 'v2']);
  });

  it('ends the wait of a caller that has no more time, and only that one', async () => {
    const [a, b] = [await fleet.join(), await fleet.join()];
    const slow = slowLoader<string>();
    const first = a.cache(KEY, slow.load);
    await fleet.clock.advance(20);
    const hasty = b.cache(KEY, slow.load, { hardTimeoutMs: 100 });
    const refused = expect(hasty).rejects.toBeInstanceOf(CacheLoadTimeoutError);
    await fleet.clock.advance(200);
    await refused;
    slow.resolve('v1');
    await fleet.clock.advance(100);
    expect(await first).toBe('v1');
  });
});
