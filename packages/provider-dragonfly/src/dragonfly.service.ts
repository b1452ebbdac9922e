import { CacheError } from '@vitalcache/core';
import { RedisService, type RedisServiceOptions } from '@vitalcache/provider-redis';

/** How to reach the servers, and how to work with them: as for Redis. Everything has a default. */
export type DragonflyServiceOptions = Omit<
  RedisServiceOptions,
  'product' | 'leastConnections' | 'areScriptsOfOneTag'
>;

/** Owns the connections to all Dragonfly servers behind one cache. */
export class DragonflyService extends RedisService {
  /** @throws CacheError `CONFIG_INVALID` as of `RedisService`, and if records are to reach a disk. */
  constructor(options: DragonflyServiceOptions = {}) {
    if (options.durability?.aof) {
      throw new CacheError(
        'CONFIG_INVALID',
        'durability.aof is asked for, but Dragonfly keeps no append-only file. Ask for replicas (durability.replicas), ' +
          'or use @vitalcache/provider-redis with Redis 7.2 or later.',
      );
    }
    super({
      ...options,
      product: 'Dragonfly',
      // Keys of several threads would have all of them wait for one script.
      areScriptsOfOneTag: true,
      // Dragonfly hands connections to its threads in turn, and one connection keeps one thread busy. A script may move
      // its connection to the thread of its key, once, so this is where the spread begins, not where it must end.
      leastConnections: ({ threads }) => threads,
    });
  }
}
