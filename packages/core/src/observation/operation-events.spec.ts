import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { CacheError } from '../errors/cache.error.js';
import type { CacheOperation, OperationKind } from '../middleware/cache-middleware.js';
import { operationOf } from '../service/cache-operations.js';
import type { CacheEvent } from './cache-event.js';
import { CACHE_CHANNELS, tellAlert, tellBreaker, tellFault } from './event-channels.js';
import { OperationEvents } from './operation-events.js';

const SECRET = 'patient:4711';

describe('OperationEvents', () => {
  const events = new OperationEvents('clinic');
  const heard: { readonly channel: string; readonly event: CacheEvent }[] = [];
  const ends: (() => void)[] = [];
  const listen = (...channels: (keyof typeof CACHE_CHANNELS)[]): void => {
    for (const channel of channels) {
      const take = (event: unknown): void =>
        void heard.push({ channel, event: event as CacheEvent });
      subscribe(`vitalcache:${channel}`, take);
      ends.push(() => unsubscribe(`vitalcache:${channel}`, take));
    }
  };
  afterEach(() => {
    ends.splice(0).forEach((end) => end());
    heard.length = 0;
    jest.restoreAllMocks();
  });

  const operation = (kind: OperationKind, more: Partial<CacheOperation> = {}): CacheOperation =>
    operationOf(kind, { key: SECRET, tags: [SECRET], template: 'patient:{id}', ...more });

  it.each<[OperationKind, string]>([
    ['read', 'read'],
    ['get', 'read'],
    ['set', 'write'],
    ['update', 'write'],
    ['del', 'invalidate'],
    ['invalidate', 'invalidate'],
    ['clear', 'invalidate'],
    ['configure', 'admin'],
    ['admin', 'admin'],
  ])('tells of a %s on the channel %s, without key or tag', async (kind, channel) => {
    listen('read', 'write', 'invalidate', 'admin');
    const result = { outcome: 'hit', tier: 'l2', value: SECRET } as const;
    expect(await events.handle(operation(kind), async () => result)).toBe(result);
    expect(heard).toEqual([
      {
        channel,
        event: {
          cache: 'clinic',
          kind,
          template: 'patient:{id}',
          tier: 'l2',
          outcome: 'hit',
          ms: expect.any(Number),
          reason: null,
        },
      },
    ]);
    expect(heard[0]?.event.ms).toBeGreaterThanOrEqual(0);
  });

  it('marks warming', async () => {
    listen('read');
    const warming = operation('read', { isWarming: true });
    await events.handle(warming, async () => ({ outcome: 'miss', tier: null }));
    expect(heard[0]?.event.reason).toBe('warming');
  });

  it.each([
    ['read', new Error(SECRET), 'rejected', 'foreign'],
    ['read', new CacheError('LOAD_TIMEOUT', SECRET), 'failed', 'LOAD_TIMEOUT'],
    ['invalidate', new TypeError(SECRET), 'failed', 'foreign'],
  ] as const)(
    'tells a %s that fails by its code, not by its message',
    async (kind, error, ...said) => {
      listen('read', 'invalidate');
      const failing = events.handle(operation(kind), () => Promise.reject(error));
      await expect(failing).rejects.toBe(error);
      expect(heard.map(({ event }) => [event.outcome, event.reason])).toEqual([said]);
      expect(JSON.stringify(heard)).not.toContain('4711');
    },
  );

  it('tells of a fresh hit', () => {
    listen('read');
    events.onFreshHit('patient:{id}');
    expect(heard[0]?.event).toEqual({
      cache: 'clinic',
      kind: 'read',
      template: 'patient:{id}',
      tier: 'l1',
      outcome: 'hit',
      ms: 0,
      reason: null,
    });
  });

  describe('without a subscriber', () => {
    it('makes nothing: the operation goes on as it came, looked at for its kind alone', () => {
      const clock = jest.spyOn(performance, 'now');
      const published = Object.values(CACHE_CHANNELS).map((one) => jest.spyOn(one, 'publish'));
      const seen: (string | symbol)[] = [];
      const watched = new Proxy(operation('read'), {
        get: (target, name, receiver): unknown => {
          seen.push(name);
          return Reflect.get(target, name, receiver);
        },
      });
      const pending = Promise.resolve({ outcome: 'hit', tier: null } as const);
      expect(events.handle(watched, () => pending)).toBe(pending);
      expect(seen).toEqual(['kind']);
      events.onFreshHit('unnamed');
      tellFault('clinic', 'blind', null);
      tellBreaker('clinic', 'redis', 'open');
      tellAlert('clinic', 'lag', 'firing', 'why');
      for (const publish of published) expect(publish).not.toHaveBeenCalled();
      expect(clock).not.toHaveBeenCalled();
    });

    it('is so again when the last one has gone', () => {
      listen('read');
      ends.splice(0).forEach((end) => end());
      expect(CACHE_CHANNELS.read.hasSubscribers).toBe(false);
      const pending = Promise.resolve({ outcome: 'hit', tier: null } as const);
      expect(events.handle(operation('read'), () => pending)).toBe(pending);
    });
  });
});
