import { setTimeout as delay } from 'node:timers/promises';

import { loadPeer } from '@vitalcache/core';
import type { Redis } from 'ioredis';

/** The class of ioredis. @throws CacheError `FEATURE_MISSING` without it */
export async function loadRedis(): Promise<typeof Redis> {
  return (await loadPeer('ioredis', 'A test on a real server', () => import('ioredis'))).Redis;
}

/** Runs commands on a connection of its own. */
export async function withRedis<T>(url: string, body: (client: Redis) => Promise<T>): Promise<T> {
  const Client = await loadRedis();
  const client = new Client(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 2_000,
    commandTimeout: 10_000,
  });
  // What is not listened to is printed; and the call says no more than that the connection is closed.
  let reason: Error | null = null;
  client.on('error', (error: Error) => (reason = error));
  try {
    await client.connect().catch((error: unknown) => {
      throw reason ?? error;
    });
    return await body(client);
  } finally {
    // After a failed attempt there is nothing to disconnect, and ioredis would leave a timer behind.
    if (client.status !== 'end') client.disconnect();
  }
}

/**
 * Resolves when the server answers and has loaded its data.
 * @param hasEnded says that there is nothing to wait for any more
 * @throws CacheError `FEATURE_MISSING` without ioredis; Error of the last attempt after `boundMs`, or once `hasEnded` says so
 */
export async function answers(
  url: string,
  { boundMs = 15_000, hasEnded = () => false }: { boundMs?: number; hasEnded?: () => boolean } = {},
): Promise<void> {
  await loadRedis(); // waiting would not bring it
  const endsAt = performance.now() + boundMs;
  for (;;) {
    try {
      await withRedis(url, (client) => client.ping());
      return;
    } catch (error) {
      if (hasEnded() || performance.now() > endsAt) throw error;
      await delay(20);
    }
  }
}

/** The server's own idea of its process, or `null` if it doesn't tell. */
export async function serverPid(url: string): Promise<number | null> {
  const info = await withRedis(url, (client) => client.info('server'));
  const told = /^process_id:(\d+)/m.exec(info)?.[1];
  return told === undefined ? null : Number(told);
}

/** Removes the keys that hold `prefix`, which must be free of glob characters. */
export function removePrefixed(url: string, prefix: string): Promise<void> {
  return withRedis(url, async (client) => {
    let cursor = '0';
    do {
      const [next, found] = await client.scanBuffer(cursor, 'MATCH', `*${prefix}*`, 'COUNT', 1_000);
      cursor = String(next);
      if (found.length > 0) await client.unlink(found);
    } while (cursor !== '0');
  });
}

/** Removes everything. Only for servers that were started for the tests. */
export async function removeAll(url: string): Promise<void> {
  await withRedis(url, (client) => client.flushall());
}
