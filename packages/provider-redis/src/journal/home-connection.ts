import type { Redis } from 'ioredis';

import type { RedisConnection } from '../connection/redis-connection.js';
import { ClosedError } from '../connection/redis-link.js';
import type { RedisService } from '../redis.service.js';
import type { RedisStore } from '../store/redis-store.js';

export interface HomeConnectionOptions {
  /** Key of the journal. */
  readonly key: string;
  /** For the list of clients on the server. */
  readonly purpose: string;
  /** False: for blocking reads, which get a limit each time. */
  readonly hasTimeout: boolean;
}

/** A connection of its own to the primary that holds a journal, wherever that is now; opened when it is first used. */
export class HomeConnection {
  readonly #service: RedisService;
  readonly #options: HomeConnectionOptions;
  #open: { readonly home: RedisStore; readonly connection: RedisConnection } | null = null;
  #releases = 0;

  constructor(service: RedisService, options: HomeConnectionOptions) {
    this.#service = service;
    this.#options = options;
  }

  /** @throws CacheError as `RedisConnection.runIdentified` */
  async run<T>(
    command: (client: Redis, incarnation: string) => Promise<T>,
    limitMs?: number,
  ): Promise<T> {
    const connection = await this.#current();
    try {
      return await connection.runIdentified(command, limitMs);
    } catch (error) {
      this.#service.noteFailure(error);
      throw error;
    }
  }

  /** Ends what runs, with `CLOSED`, and the connection; the next `run` opens another. */
  async release(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    this.#releases++;
    if (open) await this.#service.release(open.connection);
  }

  async #current(): Promise<RedisConnection> {
    const { key, purpose, hasTimeout } = this.#options;
    const { topology } = this.#service;
    const releases = this.#releases;
    if (!topology.isKnown(key)) await topology.look();
    // What was begun before a release is ended by it, also if it had not got so far as to have a connection.
    if (releases !== this.#releases) throw new ClosedError();
    const home = this.#service.homeOf(key);
    if (this.#open?.home === home) return this.#open.connection;
    const outdated = this.#open?.connection;
    const connection = this.#service.dedicate(home, purpose, { hasTimeout });
    this.#open = { home, connection };
    if (outdated) await this.#service.release(outdated);
    return connection;
  }
}
