import type { Removal } from '@vitalcache/core';
import type { Redis } from 'ioredis';

import type { RedisService } from './redis.service.js';
import { ask, scan } from './scan.js';
import { concernsAll, runPipeline } from './store/pipeline.js';

/**
 * Removes the keys that match, on all stores at once.
 * @throws CacheError the first, if no store could be swept at all
 */
export async function sweep(
  service: RedisService,
  pattern: string,
  deadlineMs: number,
): Promise<Removal> {
  let removed = 0;
  const complete = await scan(service, pattern, deadlineMs, async (keys, store) => {
    // Stores are swept at once: what the others add meanwhile must not be lost.
    const count = await ask(service, store, (client) => unlink(client, keys, service.isClustered));
    removed += count;
  });
  return { removed, complete };
}

/**
 * A cluster takes one slot a command, and a key that is refused keeps no other. What has moved to another node meanwhile
 * stays, and is found there or not.
 */
async function unlink(client: Redis, keys: Buffer[], isClustered: boolean): Promise<number> {
  try {
    if (!isClustered) return await client.unlink(keys);
  } catch (error) {
    if (concernsAll(error as Error)) throw error;
  }
  const outcomes = await runPipeline(client, (commands) => {
    for (const key of keys) commands.unlink(key);
  });
  return outcomes.reduce((sum, [error, count]) => sum + (error ? 0 : Number(count)), 0);
}
