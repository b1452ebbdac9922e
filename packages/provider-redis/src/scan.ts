import type { Command } from './connection/redis-connection.js';
import type { RedisService } from './redis.service.js';
import type { RedisStore } from './store/redis-store.js';

/** Keys that one SCAN step looks at, about: short enough that the server serves others in between. */
const SCAN_STEP = 500;

/** Gets the keys that one step has found at a store; not empty. */
export type VisitPage = (keys: Buffer[], store: RedisStore) => void | Promise<void>;

/**
 * Visits the keys that match, on all stores at once; resolves with whether it saw them all in time.
 * @throws CacheError the first, if no store could be looked through at all
 */
export async function scan(
  service: RedisService,
  pattern: string,
  deadlineMs: number,
  visit: VisitPage,
): Promise<boolean> {
  const endsAt = performance.now() + deadlineMs;
  const scans = service.topology.stores.map((store) =>
    scanStore(service, store, pattern, endsAt, visit),
  );
  const outcomes = await Promise.allSettled(scans);
  const [failed] = outcomes.filter((outcome) => outcome.status === 'rejected');
  if (failed && outcomes.every(({ status }) => status === 'rejected')) throw failed.reason;
  return (
    outcomes.length > 0 &&
    outcomes.every((outcome) => outcome.status === 'fulfilled' && outcome.value)
  );
}

async function scanStore(
  service: RedisService,
  store: RedisStore,
  pattern: string,
  endsAt: number,
  visit: VisitPage,
): Promise<boolean> {
  let cursor = '0';
  do {
    if (performance.now() >= endsAt) return false;
    const [next, found] = await ask(service, store, (client) =>
      client.scanBuffer(cursor, 'MATCH', pattern, 'COUNT', SCAN_STEP),
    );
    cursor = String(next);
    if (found.length > 0) await visit(found, store);
  } while (cursor !== '0');
  return true;
}

/** A store that fails may not be there any more: the service looks for it. */
export function ask<T>(service: RedisService, store: RedisStore, command: Command<T>): Promise<T> {
  return service.again(() =>
    store.run(command).catch((error: unknown) => {
      service.noteFailure(error);
      throw error;
    }),
  );
}
