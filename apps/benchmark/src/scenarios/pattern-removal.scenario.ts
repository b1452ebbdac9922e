import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';
import { CacheService } from '@vitalcache/core';
import { Redis } from 'ioredis-6';

import { timed } from '../measuring/stopwatch.js';
import { expectValue } from './expect-value.js';
import type { IScenario, Way } from './scenario.js';

const ENTRIES = 2_000;
const SCAN_COUNT = 500;
const IDS = Array.from({ length: ENTRIES }, (_, i) => i);

/** Everything whose key matches a pattern: invalid, and removed. */
export const patternRemovalScenario: IScenario = {
  name: 'pattern-removal',
  title:
    'Removing the half of 2 000 entries whose keys match a pattern: SCAN with UNLINK by hand, and invalidateCacheByPattern, ' +
    'which makes them invalid everywhere first.',
  unit: 'ms',
  reference: 'ioredis',
  async open({ url, peers }) {
    const known = [byHand(url), await byCache(url)];
    return known.filter(({ name }) => peers.some((peer) => peer.name === name));
  },
};

function byHand(url: string): Way {
  const redis = new Redis(url);
  const fill = async (): Promise<void> => {
    await redis.mset(IDS.flatMap((id) => [`hand:${id % 2 ? 'odd' : 'even'}:${id}`, `${id}`]));
  };
  const remove = async (): Promise<number> => {
    let [cursor, removed] = ['0', 0];
    do {
      const [next, keys] = await redis.scan(cursor, 'MATCH', 'hand:odd:*', 'COUNT', SCAN_COUNT);
      if (keys.length > 0) removed += await redis.unlink(...keys);
      cursor = next;
    } while (cursor !== '0');
    return removed;
  };
  return wayOf('ioredis', fill, remove, async () => redis.disconnect());
}

async function byCache(url: string): Promise<Way> {
  const provider = new RedisCacheProvider(new RedisService({ url }));
  const cache = new CacheService(provider, { namespace: 'patterns', l1MaxBytes: 0 });
  await cache.start();
  const fill = async (): Promise<void> => {
    const items = IDS.map((id) => ({ key: `${id % 2 ? 'odd' : 'even'}:${id}`, value: { id } }));
    await cache.batchSet(items);
  };
  const remove = async (): Promise<number> => {
    const { recorded, removed } = await cache.invalidateCacheByPattern('odd:*');
    expectValue('whether it was recorded', recorded, true);
    return removed ?? 0;
  };
  return wayOf('vitalcache', fill, remove, () => cache.close());
}

function wayOf(
  name: string,
  fill: () => Promise<void>,
  remove: () => Promise<number>,
  close: () => Promise<void>,
): Way {
  return {
    name,
    check: async () => {
      await fill();
      expectValue('entries removed', await remove(), ENTRIES / 2);
    },
    round: async () => {
      await fill();
      const { wallMs, cpuMs } = await timed(remove);
      return { value: wallMs, cpu: cpuMs };
    },
    close,
  };
}
