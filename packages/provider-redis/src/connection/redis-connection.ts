import type { CacheError } from '@vitalcache/core';
import type { Redis } from 'ioredis';

import { toCacheError } from './redis.errors.js';
import { closedError, RedisLink, type RedisLinkOptions } from './redis-link.js';
import { answersWithin } from './time-limit.js';

/** Runs commands on one link: bounded, counted, and with the cache's own errors. */
export class RedisConnection {
  readonly #link: RedisLink;
  #replies = 0;
  #inFlight = 0;

  constructor(options: RedisLinkOptions) {
    this.#link = new RedisLink(options);
  }

  /** The raw client. Its errors carry command arguments. */
  get client(): Redis {
    return this.#link.client;
  }

  get isUsable(): boolean {
    return this.#link.isUsable;
  }

  get isBusy(): boolean {
    return this.#inFlight > 0;
  }

  /** Opens the connection; resolves when it is usable, when the first attempt failed, or when patience ends. */
  open(): Promise<void> {
    return this.#link.open();
  }

  /**
   * Runs commands on a usable connection. On one that never was opened, opens it.
   * @param limitMs bound on the answer where the client has none of its own
   * @throws CacheError `STORE_UNAVAILABLE`, `STORE_TIMEOUT`, `STORE_REFUSED` or, after `close`, `CLOSED`
   */
  async run<T>(command: (client: Redis) => Promise<T>, limitMs?: number): Promise<T> {
    if (!this.#link.isUsable) await this.#link.becomeUsable();
    const repliesBefore = this.#replies;
    this.#inFlight++;
    try {
      const work = command(this.#link.client);
      const result = await (limitMs === undefined ? work : answersWithin(limitMs, work));
      this.#replies++;
      return result;
    } catch (error) {
      throw this.#explain(error, repliesBefore);
    } finally {
      this.#inFlight--;
    }
  }

  /**
   * As `run`, with the incarnation of the server that the commands go to.
   * @throws CacheError as `run`; `STORE_REFUSED` also if the server does not tell its identity
   */
  runIdentified<T>(
    command: (client: Redis, incarnation: string) => Promise<T>,
    limitMs?: number,
  ): Promise<T> {
    return this.run((client) => {
      const { incarnation } = this.#link;
      return typeof incarnation === 'string'
        ? command(client, incarnation)
        : Promise.reject(incarnation);
    }, limitMs);
  }

  /** Closes for good. Commands under way reject with `CLOSED`. Resolves when nothing is open any more. */
  close(): Promise<void> {
    return this.#link.close();
  }

  #explain(error: unknown, repliesBefore: number): CacheError {
    if (this.#link.isClosed) return closedError();
    const explained = toCacheError(error);
    if (explained.code === 'STORE_REFUSED') this.#replies++;
    // Not one reply to anything while this command waited: the link is taken for dead.
    if (explained.code === 'STORE_TIMEOUT' && this.#replies === repliesBefore) this.#link.renew();
    return explained;
  }
}
