import type { StoreStatus } from '@vitalcache/core';

import { fieldOf } from '../connection/server-identity.js';
import type { RedisService } from '../redis.service.js';
import type { RedisStore } from '../store/redis-store.js';

/** How all stores are doing together; never rejects. */
export async function readStatus(service: RedisService): Promise<StoreStatus> {
  const { stores } = service.topology;
  const memory = await Promise.all(stores.map(readMemory));
  const isConnected = stores.length > 0 && memory.every((found) => found !== null);
  return {
    connected: isConnected,
    memoryBytes: sumOf(memory.map((found) => found?.used ?? null)),
    maxBytes: sumOf(memory.map((found) => found?.max || null)),
    pool: service.pool,
  };
}

async function readMemory(store: RedisStore) {
  const info = await store.run((client) => client.info('memory')).catch(() => null);
  if (info === null) return null;
  const number = (name: string): number | null => {
    const value = fieldOf(info, name);
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : null;
  };
  return { used: number('used_memory'), max: number('maxmemory') };
}

/** `null` if one is missing: a part of a sum is none. */
function sumOf(parts: readonly (number | null)[]): number | null {
  if (parts.length === 0 || parts.includes(null)) return null;
  return parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
}
