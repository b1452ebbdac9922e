import { randomUUID } from 'node:crypto';

import { CacheService } from '@vitalcache/core';
import {
  describeInvalidationRace,
  describeWithRedis,
  INVALIDATIONS,
  RACE_KEY,
} from '@vitalcache/testing';

import { RedisCacheProvider, RedisService } from '../src/index.js';
import { RemoteProcess } from './support/remote-process.js';

describeWithRedis('RedisCacheProvider', (store) => {
  const open = (): RedisCacheProvider =>
    new RedisCacheProvider(new RedisService({ url: store().url }));

  describeInvalidationRace('RedisCacheProvider', { open });

  describe('a slow load in one process against an invalidation in another', () => {
    it.each(Object.entries(INVALIDATIONS))('by %s', async (_kind, invalidate) => {
      const namespace = `race-${randomUUID()}`;
      const remote = new RemoteProcess(
        'race-worker.mjs',
        store().url,
        namespace,
        RACE_KEY,
        'user:7',
      );
      const here = new CacheService(open(), { namespace });
      try {
        await Promise.all([remote.call('start'), here.start()]);
        await remote.call('begin', { value: 'v1', ms: 120 });
        const { stamp, recorded } = await invalidate(here);
        expect(recorded).toBe(true);
        expect(await remote.call('ended')).toBe('v1');
        await remote.call('settled');
        expect(await here.get(RACE_KEY)).toBeNull();
        expect(await remote.call('waitFor', { stamp })).toBe(true);
        expect(await remote.call('load', { value: 'v2', ms: 0 })).toBe('v2');
        await remote.call('settled');
        expect(await here.get(RACE_KEY)).toBe('v2');
        await here.clear();
      } finally {
        await Promise.all([remote.close(), here.close()]);
      }
    });
  });
});
