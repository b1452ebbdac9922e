import { findBinary } from './binary-process.js';
import { givenAddress } from './given-address.js';
import { redisBinary } from './redis-binary.js';
import { hasDocker, redisContainer } from './redis-container.js';
import type { StoreSource, TestStore } from './test-store.js';

/** Why there is no Redis, and what would help. */
export const NO_REDIS =
  'no Redis: set VITALCACHE_TEST_REDIS_URL, start Docker, or put redis-server or valkey-server on the PATH';

/** The ways to a Redis that this machine has, best first. An address that is given is the only one. */
export function redisSources(env: NodeJS.ProcessEnv = process.env): readonly StoreSource[] {
  const url = env['VITALCACHE_TEST_REDIS_URL'];
  if (url) return [givenAddress(url)];
  const binary = findBinary(['redis-server', 'valkey-server'], env['PATH']);
  return [...(hasDocker(env) ? [redisContainer()] : []), ...(binary ? [redisBinary(binary)] : [])];
}

/**
 * A Redis for tests: at the address that `VITALCACHE_TEST_REDIS_URL` gives, else in Docker, else from a `redis-server`
 * or `valkey-server` on the PATH.
 * @throws Error that names what was tried and why it failed
 */
export async function startRedis(env: NodeJS.ProcessEnv = process.env): Promise<TestStore> {
  const failures: string[] = [];
  for (const source of redisSources(env)) {
    try {
      return await source.start();
    } catch (error) {
      failures.push(`${source.kind}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(
    failures.length > 0 ? `no Redis could be started (${failures.join('; ')})` : NO_REDIS,
  );
}
