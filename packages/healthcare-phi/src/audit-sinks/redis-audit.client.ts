import { CacheError, loadPeer } from '@vitalcache/core';

import { assertSecureUrl } from './secure-url.js';

/** What is used of a client of a Redis; ioredis is one. */
export interface RedisAuditClient {
  call(command: string, ...args: (string | number)[]): Promise<unknown>;
  disconnect?(): void;
}

/** Servers that the audit must not be on: those of the cache, whose `run_id` this tells. */
export type ApartFrom = () => Promise<readonly string[]>;

/**
 * Connects to a server; needs the package `ioredis`. One that is not there now is tried again.
 * @param url such as `rediss://user:password@host:6380/0`
 * @throws CacheError `CONFIG_INVALID` if it is not TLS, except on this machine; `FEATURE_MISSING` without ioredis
 */
export async function connectRedisAudit(url: string): Promise<RedisAuditClient> {
  assertSecureUrl(url, ['rediss:'], 'The URL of the Redis');
  const { Redis } = await loadPeer('ioredis', 'An audit in a Redis', () => import('ioredis'));
  const client = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: 2_000,
  });
  client.on('error', () => undefined); // each call tells of it; and without a listener it would be printed
  await client.connect().catch(() => undefined);
  return client;
}

/**
 * Sees to it that a server keeps what it is given.
 * @throws CacheError `CONFIG_INVALID` if it may drop keys to make room, or is one of the cache's own
 */
export async function assertKeeps(client: RedisAuditClient, apartFrom?: ApartFrom): Promise<void> {
  const [memory, server] = await Promise.all([
    client.call('INFO', 'memory'),
    client.call('INFO', 'server'),
  ]);
  const policy = /^maxmemory_policy:(\S+)/m.exec(String(memory))?.[1];
  // Keys without an expiry, as these, are dropped by the policies that look at all keys.
  if (policy === undefined || policy.startsWith('allkeys-')) {
    throw new CacheError(
      'CONFIG_INVALID',
      `The server for the audit may drop records to make room (maxmemory-policy ${policy ?? 'unknown'}); use one of its own with noeviction.`,
    );
  }
  const runId = /^run_id:(\w+)/m.exec(String(server))?.[1];
  if (runId === undefined || !(await apartFrom?.())?.includes(runId)) return;
  throw new CacheError(
    'CONFIG_INVALID',
    'The server for the audit is one that holds cached values; use a server of its own.',
  );
}
