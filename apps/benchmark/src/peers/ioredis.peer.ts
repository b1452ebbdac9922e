import { Redis } from 'ioredis-6';

import type { IPeer, OpenCache, PeerTerms } from './peer.js';

/** What applications write themselves around an `ioredis` with auto-pipelining, with values as JSON. */
export const peer: IPeer = {
  name: 'ioredis',
  packages: ['ioredis-6'],
  abilities: ['shared', 'batch', 'invalidation'],
  async open({ url, namespace, load, ttlMs }: PeerTerms): Promise<OpenCache> {
    const redis = new Redis(url, { enableAutoPipelining: true });
    redis.on('error', () => undefined); // each command rejects, too
    const named = (key: string): string => `${namespace}:${key}`;
    const parsed = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
    const store = async (key: string, value: unknown) =>
      redis.set(named(key), JSON.stringify(value), 'PX', ttlMs);
    const getOrLoad = async (key: string, missing: () => Promise<unknown>) => {
      const text = await redis.get(named(key));
      if (text !== null) return JSON.parse(text) as unknown;
      const value = await missing();
      await store(key, value);
      return value;
    };
    return {
      read: (key) => getOrLoad(key, () => load(key)),
      invalidate: (key) => redis.del(named(key)),
      readMany: async (keys) => (await redis.mget(keys.map(named))).map(parsed),
      writeMany: (entries) => Promise.all(entries.map(([key, value]) => store(key, value))),
      close: async () => redis.disconnect(),
    };
  },
};
