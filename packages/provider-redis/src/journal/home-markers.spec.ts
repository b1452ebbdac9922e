import { isCacheError } from '@vitalcache/core';

import type { RedisService } from '../redis.service.js';
import { HomeMarkers } from './home-markers.js';

const KEY = 'vc:{app}:journal';
const MARKER = `${KEY}:home`;
const LOOK_MS = 15_000;
const ANSWER_MS = 1_000;

/** Stores with a marker each; `null`: none yet. */
function makeStores(...markers: (string | null)[]) {
  const stores = markers.map((marker, i) => new MarkedStore(`shard-${i}`, marker));
  const service = { topology: { stores } } as unknown as RedisService;
  return { stores, markers: new HomeMarkers(service, KEY, 'shard-0') };
}

class MarkedStore {
  state: 'up' | 'down' | 'hangs' = 'up';
  looks = 0;

  constructor(
    readonly name: string,
    public marker: string | null,
  ) {}

  async run(command: (client: unknown) => unknown): Promise<unknown> {
    if (this.state === 'down') throw new Error('ECONNREFUSED');
    if (this.state === 'hangs') return new Promise(() => undefined);
    return command({
      set: (key: string, value: string, mode: string) => {
        expect([key, mode]).toEqual([MARKER, 'NX']);
        this.marker ??= value;
      },
      get: () => {
        this.looks++;
        return this.marker;
      },
    });
  }
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.catch((error: unknown) => error);

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('HomeMarkers', () => {
  it('sets the markers that are missing, and leaves those that agree', async () => {
    const { stores, markers } = makeStores(null, 'shard-0', null);
    await markers.verify();
    expect(stores.map(({ marker }) => marker)).toEqual(['shard-0', 'shard-0', 'shard-0']);
  });

  it('refuses when one store names another home, and says what to do', async () => {
    const { stores, markers } = makeStores(null, 'shard-1', null);
    const error = await rejection(markers.verify());
    expect(isCacheError(error, 'JOURNAL_MISMATCH')).toBe(true);
    const { message } = error as Error;
    expect(message).toContain('on the shard shard-1, says shard-1; this process was told shard-0');
    expect(message).toContain(`delete ${MARKER} on every shard`);
    expect(stores[1]?.marker).toBe('shard-1');
    expect(() => markers.assertOwn()).toThrow(message);
  });

  it('goes by the stores that answer', async () => {
    const { stores, markers } = makeStores('shard-0', 'shard-1');
    const second = stores[1] as MarkedStore;
    second.state = 'down';
    await markers.verify();
    second.state = 'up';
    expect(isCacheError(await rejection(markers.verify()), 'JOURNAL_MISMATCH')).toBe(true);
  });

  it('does not wait for a store that hangs longer than a second', async () => {
    const { stores, markers } = makeStores('shard-0', null);
    (stores[1] as MarkedStore).state = 'hangs';
    const verified = markers.verify();
    await jest.advanceTimersByTimeAsync(ANSWER_MS);
    await verified;
  });

  it('looks again once in a while, without keeping anyone waiting, and takes a refusal back', async () => {
    const { stores, markers } = makeStores('shard-0', 'shard-0');
    await markers.verify();
    const other = stores[1] as MarkedStore;
    other.marker = 'shard-1';
    markers.assertOwn();
    await jest.advanceTimersByTimeAsync(LOOK_MS);
    expect(other.looks).toBe(1);
    markers.assertOwn(); // this one looks, the next one knows
    await markers.settled();
    expect(other.looks).toBe(2);
    expect(() => markers.assertOwn()).toThrow('on the shard shard-1');
    other.marker = null;
    await markers.verify();
    markers.assertOwn();
    expect(other.marker).toBe('shard-0');
  });

  it('looks once for many that ask at the same time', async () => {
    const { stores, markers } = makeStores('shard-0');
    await Promise.all([markers.verify(), markers.verify(), markers.verify()]);
    expect(stores[0]?.looks).toBe(1);
  });
});
