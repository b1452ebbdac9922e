import { CacheError } from '@vitalcache/core';

import type { RedisKeyClient } from './redis-key.client.js';

/**
 * What the server calls itself: `run_id` of a Redis, and `master_replid`, which is all that a Dragonfly has. Rejects with
 * `STORE_UNAVAILABLE`.
 */
export async function serverIdsOf(client: Pick<RedisKeyClient, 'call'>): Promise<string[]> {
  const info = String(await client.call('INFO').catch(unreachable));
  return [...info.matchAll(/^(?:run_id|master_replid):(\w+)/gm)].map(([, id]) => id as string);
}

/** @throws CacheError `CONFIG_INVALID` if the server saves to disk, or does not let us know */
export async function assertForgetful(client: RedisKeyClient): Promise<void> {
  const [save, aof] = await Promise.all([setting(client, 'save'), setting(client, 'appendonly')]);
  if (save === '' && aof === 'no') return;
  const isTold = save !== null && aof !== null;
  const what = isTold
    ? 'saves to disk'
    : 'does not tell whether it saves to disk (CONFIG GET is refused)';
  throw new CacheError(
    'CONFIG_INVALID',
    `The key store's server ${what}: keys that are destroyed may stay in its files. Start it with --save "" --appendonly no, or set allowPersistence.`,
  );
}

/** `null`: it does not tell. */
async function setting(client: RedisKeyClient, name: string): Promise<string | null> {
  const reply = await client.call('CONFIG', 'GET', name).catch(() => null);
  const value = Array.isArray(reply) ? (reply[1] as unknown) : undefined;
  return typeof value === 'string' ? value : null;
}

function unreachable(): never {
  throw new CacheError(
    'STORE_UNAVAILABLE',
    "The key store's server can't be asked; check CACHE_KEY_STORE_URL, and that it runs.",
  );
}
