import type { StoreTuning } from '@vitalcache/core';

import type { ConnectionBudget } from '../connection/connection-budget.js';
import { ConnectionPool } from '../connection/connection-pool.js';
import { RedisConnection } from '../connection/redis-connection.js';
import type { RedisLinkOptions } from '../connection/redis-link.js';
import { ReadBatcher } from './read-batcher.js';

/** What all servers of one provider have in common. */
export interface ServerSettings {
  readonly poolSize: number;
  readonly budget: ConnectionBudget;
  readonly tuning: () => StoreTuning;
  readonly isClustered: boolean;
}

/** One server: its connections for commands, and reads that share them. */
export class RedisServer {
  readonly pool: ConnectionPool;
  readonly reads: ReadBatcher;

  /** @param limitMs bound on the answer to a read, if the client's own is too long */
  constructor(link: RedisLinkOptions, settings: ServerSettings, limitMs?: number) {
    const { poolSize, budget, tuning, isClustered } = settings;
    this.pool = new ConnectionPool({
      create: () => new RedisConnection(link),
      size: poolSize,
      budget,
      tuning,
    });
    this.reads = new ReadBatcher({
      pool: this.pool,
      isBatching: () => tuning().isBatching,
      isClustered,
      limitMs,
    });
  }
}
