import { CacheService } from '@vitalcache/core';
import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';

import { fanOutTag, type TailTerms } from './tail.pool.js';

/** So many instances of an application that follow one journal; one of them notes when it hears of records. */
const { url, namespace, count, tags } = JSON.parse(process.argv[2] as string) as TailTerms;
const heardAt: Record<number, number> = {};

for (let i = 0; i < count; i++) {
  const cache = new CacheService(new RedisCacheProvider(new RedisService({ url })), {
    namespace,
    l1MaxBytes: 0,
    sketchSlots: 2 ** 16,
  });
  await cache.start();
  for (let tag = 0; i === 0 && tag < tags; tag++) {
    await cache.onTagInvalidated([fanOutTag(tag)], () => (heardAt[tag] = Date.now()));
  }
}

process.on('message', () => process.send?.(heardAt));
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
