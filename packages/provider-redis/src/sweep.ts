import type { Removal } from '@vitalcache/core';
import type { Redis } from 'ioredis';

import type { Command } from './connection/redis-connection.js';
import type { RedisService } from './redis.service.js';
import { runPipeline } from './store/pipeline.js';
import type { RedisStore } from './store/redis-store.js';

/** Keys that one SCAN step looks at, about: short enough that the server serves others in between. */
const SCAN_STEP = 500;

/**
 * Removes the keys that match, on all stores at once.
 * @throws CacheError the first, if no store could be swept at all
 */
export async function sweep(
  service: RedisService,
  pattern: string,
  deadlineMs: number,
): Promise<Removal> {
  const endsAt = performance.now() + deadlineMs;
  const sweeps = service.topology.stores.map((store) =>
    sweepStore(service, store, pattern, endsAt),
  );
  const outcomes = await Promise.allSettled(sweeps);
  const done = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? [outcome.value] : [],
  );
  const [failed] = outcomes.filter((outcome) => outcome.status === 'rejected');
  if (failed && done.length === 0) throw failed.reason;
  return {
    removed: done.reduce((sum, { removed }) => sum + removed, 0),
    complete: done.length > 0 && !failed && done.every(({ complete }) => complete),
  };
}

async function sweepStore(
  service: RedisService,
  store: RedisStore,
  pattern: string,
  endsAt: number,
): Promise<Removal> {
  let cursor = '0';
  let removed = 0;
  do {
    if (performance.now() >= endsAt) return { removed, complete: false };
    const [next, found] = await ask(service, store, (client) =>
      client.scanBuffer(cursor, 'MATCH', pattern, 'COUNT', SCAN_STEP),
    );
    cursor = String(next);
    if (found.length > 0) {
      removed += await ask(service, store, (client) => unlink(client, found, service.isClustered));
    }
  } while (cursor !== '0');
  return { removed, complete: true };
}

/** A store that fails may not be there any more: the service looks for it. */
function ask<T>(service: RedisService, store: RedisStore, command: Command<T>): Promise<T> {
  return service.again(() =>
    store.run(command).catch((error: unknown) => {
      service.noteFailure(error);
      throw error;
    }),
  );
}

/** A cluster takes one slot a command. What has moved to another node meanwhile stays, and is found there or not. */
async function unlink(client: Redis, keys: Buffer[], isClustered: boolean): Promise<number> {
  if (!isClustered) return client.unlink(keys);
  const outcomes = await runPipeline(client, (commands) => {
    for (const key of keys) commands.unlink(key);
  });
  return outcomes.reduce((sum, [error, count]) => sum + (error ? 0 : Number(count)), 0);
}
