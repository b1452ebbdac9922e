import type { ICacheMiddleware } from '../../src/middleware/cache-middleware.js';
import { Fleet, settle, slowLoader } from '../support/fleet.js';

const KEY = 'users:7';

describe('closing a cache', () => {
  it('waits for loads under way, and for what they gave to be stored', async () => {
    const fleet = new Fleet();
    const cache = await fleet.join();
    const slow = slowLoader<string>();
    const read = cache.cache(KEY, slow.load);
    await settle();
    let isClosed = false;
    const closing = cache.close().then(() => (isClosed = true));
    await fleet.clock.advance(1_000);
    expect(isClosed).toBe(false);
    const gate = slowLoader<void>();
    fleet.store.gate = gate.load();
    slow.resolve('v1');
    await fleet.clock.advance(100);
    expect(isClosed).toBe(false);
    gate.resolve();
    await fleet.clock.advance(100);
    await closing;
    expect(await read).toBe('v1');
    expect(fleet.store.count('setFenced')).toBe(1);
    expect([...fleet.store.items.keys()].filter((name) => name.includes(':l:'))).toEqual([]);
  });

  it('closes plugins when what is under way has passed them', async () => {
    const fleet = new Fleet();
    let isClosed = false;
    const recording: ICacheMiddleware = {
      name: 'recording',
      handle: async (_, next) => {
        const result = await next();
        await Promise.resolve();
        if (isClosed) throw new Error('this can not be recorded any more');
        return result;
      },
    };
    const close = async (): Promise<void> => void (isClosed = true);
    const cache = await fleet.join({
      plugins: [{ name: 'audit', middleware: [recording], close }],
    });
    const slow = slowLoader<string>();
    const read = cache.cache(KEY, slow.load);
    await settle();
    const closing = cache.close();
    await fleet.clock.advance(1_000);
    slow.resolve('v1');
    await fleet.clock.advance(1_000);
    await closing;
    expect(await read).toBe('v1');
    expect(isClosed).toBe(true);
  });

  it('waits as well for what is asked for while plugins close', async () => {
    const fleet = new Fleet();
    const slow = slowLoader<string>();
    let read: Promise<string> | undefined;
    const close = async (): Promise<void> => {
      read = cache.cache(KEY, slow.load);
      await settle();
    };
    const cache = await fleet.join({ plugins: [{ name: 'last', close }] });
    let isClosed = false;
    const closing = cache.close().then(() => (isClosed = true));
    await fleet.clock.advance(1_000);
    expect(read).toBeDefined();
    expect(isClosed).toBe(false);
    slow.resolve('v1');
    await fleet.clock.advance(100);
    await closing;
    expect(await read).toBe('v1');
    expect(fleet.store.count('setFenced')).toBe(1);
  });

  it('ends within bounds when a loader never does, and tells it', async () => {
    const fleet = new Fleet();
    const cache = await fleet.join();
    let signal: AbortSignal | undefined;
    const read = cache.cache(KEY, (context) => {
      signal = context.signal;
      return new Promise((_, reject) =>
        context.signal.addEventListener('abort', () => reject(context.signal.reason as Error)),
      );
    });
    const refused = expect(read).rejects.toMatchObject({ code: 'CLOSED' });
    await settle();
    const closing = cache.close();
    await fleet.clock.advance(60_000);
    await closing;
    await refused;
    expect(signal?.aborted).toBe(true);
  });

  it('waits once for a loader that never ends and hears nothing', async () => {
    const fleet = new Fleet();
    const cache = await fleet.join();
    const read = cache.cache(KEY, () => new Promise(() => undefined));
    const refused = expect(read).rejects.toMatchObject({ code: 'CLOSED' });
    await settle();
    let isClosed = false;
    const closing = cache.close().then(() => (isClosed = true));
    await fleet.clock.advance(10_500);
    expect(isClosed).toBe(true);
    await Promise.all([closing, refused]);
  });

  it('loads for those who still ask, and caches nothing', async () => {
    const fleet = new Fleet();
    const cache = await fleet.join();
    await fleet.close();
    expect(await cache.read(KEY, () => 'v1')).toMatchObject({ value: 'v1', outcome: 'bypass' });
    expect(await cache.get(KEY)).toBeNull();
    await expect(cache.invalidateCache(KEY)).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(cache.close()).resolves.toBeUndefined();
  });
});
