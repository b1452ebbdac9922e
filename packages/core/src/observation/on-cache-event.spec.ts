import type { CacheChannel, CacheEvent } from './cache-event.js';
import { CACHE_CHANNELS } from './event-channels.js';
import { onCacheEvent } from './on-cache-event.js';

const EVENT: CacheEvent = {
  cache: 'clinic',
  kind: 'read',
  template: 'unnamed',
  tier: null,
  outcome: 'hit',
  ms: 1,
  reason: null,
};

describe('onCacheEvent', () => {
  const told: string[] = [];
  let end = (): void => undefined;
  const start = (cache?: string): void => {
    end = onCacheEvent((name, { outcome }) => void told.push(`${name} ${outcome}`), cache);
  };
  const publish = (channel: CacheChannel, more: Partial<CacheEvent>): void =>
    CACHE_CHANNELS[channel].publish({ ...EVENT, ...more });
  afterEach(() => {
    end();
    told.length = 0;
  });

  it.each<[CacheChannel, Partial<CacheEvent>, string | null]>([
    ['read', { outcome: 'hit' }, 'cache.hit'],
    ['read', { outcome: 'stale' }, 'cache.stale'],
    ['read', { outcome: 'miss' }, 'cache.miss'],
    ['read', { outcome: 'joined' }, 'cache.miss'],
    ['read', { outcome: 'rejected' }, 'cache.miss'],
    ['read', { outcome: 'bypass' }, null],
    ['read', { outcome: 'failed' }, null],
    ['write', { outcome: 'recorded' }, 'cache.set'],
    ['write', { outcome: 'failed' }, null],
    ['load', { kind: 'write', outcome: 'stored' }, 'cache.set'],
    ['load', { kind: 'write', outcome: 'refused' }, null],
    ['load', { kind: 'load', outcome: 'loaded' }, null],
    ['invalidate', { outcome: 'queued' }, 'cache.invalidated'],
    ['invalidate', { outcome: 'failed' }, null],
    ['admin', { outcome: 'done' }, null],
    ['error', { outcome: 'failed' }, 'cache.error'],
    ['breaker', { outcome: 'open' }, 'cache.breaker'],
    ['alert', { outcome: 'firing' }, 'cache.alert'],
  ])('names what is on %s as %j', (channel, more, name) => {
    start();
    publish(channel, more);
    expect(told).toEqual(name === null ? [] : [`${name} ${more.outcome}`]);
  });

  it('tells of one cache if one is named', () => {
    start('clinic');
    publish('read', {});
    publish('read', { cache: 'other' });
    expect(told).toHaveLength(1);
  });

  it('ends when it is told to, and then nobody subscribes any more', () => {
    start();
    end();
    publish('read', {});
    expect(told).toEqual([]);
    for (const channel of Object.values(CACHE_CHANNELS)) expect(channel.hasSubscribers).toBe(false);
  });

  it('lets what a listener throws, now or later, break nothing', async () => {
    const failures: unknown[] = [];
    const note = (error: unknown): void => void failures.push(error);
    process.on('uncaughtException', note).on('unhandledRejection', note);
    const ends = [
      onCacheEvent(() => {
        throw new Error('now');
      }),
      onCacheEvent(async () => {
        throw new Error('later');
      }),
    ];
    start();
    publish('read', {});
    await new Promise((resolve) => setImmediate(resolve));
    process.off('uncaughtException', note).off('unhandledRejection', note);
    ends.forEach((one) => one());
    expect(told).toEqual(['cache.hit hit']);
    expect(failures).toEqual([]);
  });
});
