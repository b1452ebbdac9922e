import type { CacheService } from '@vitalcache/core';

/**
 * Does what follows a change, once the transaction that surrounds it is committed; without one, now, and waits for it.
 * Rejects with what the work rejects with, unless it waits for a commit.
 */
export async function committed(service: CacheService, work: () => Promise<void>): Promise<void> {
  const { isDeferred, ended } = await service.afterCommit(work);
  if (isDeferred) return; // to wait here would be to wait for oneself
  const outcome = await ended;
  if (outcome.status === 'failed') throw outcome.error;
}
