import { CacheError } from '@vitalcache/core';
import type { Redis } from 'ioredis';

/**
 * Identity of the running server: the first 64 bits of its `run_id`, random at each start. A restart, a failover behind
 * one address or another server changes it; records of the journal may then have been lost. Every record repeats it,
 * hence not the whole of it.
 * @throws CacheError `STORE_REFUSED` if the answer holds no identity
 * @throws Error of the client if the server did not answer or refuses INFO
 */
export async function readIncarnation(client: Redis): Promise<string> {
  const info = await client.info('server');
  const runId = /^run_id:([0-9A-Za-z]{16})/m.exec(info)?.[1];
  if (!runId) {
    throw new CacheError(
      'STORE_REFUSED',
      'The server does not tell its run_id (INFO server), which the journal needs; use Redis or Valkey 6.2 or later.',
    );
  }
  return runId;
}
