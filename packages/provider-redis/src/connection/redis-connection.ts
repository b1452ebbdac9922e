import { CacheError } from '@vitalcache/core';
import type { Redis } from 'ioredis';

import { refused, RedisError, toCacheError } from './redis.errors.js';
import { ClosedError, RedisLink, type RedisLinkOptions } from './redis-link.js';
import { saysReplica, unidentified } from './server-identity.js';
import { answersWithin } from './time-limit.js';

/**
 * Commands on a client. `before` is called right before each command is sent, so that a cluster node can be told to
 * take it although the slot is not yet its own.
 */
export type Command<T> = (client: Redis, before: () => void) => Promise<T>;

/** A server that became a replica answers questions about the journal, from the past: it is asked so often. */
const ROLE_CHECK_MS = 1_000;

/** Runs commands on one link: bounded, counted, and with the cache's own errors. */
export class RedisConnection {
  readonly #link: RedisLink;
  /** Bound on an answer, milliseconds; absent: who blocks says how long. */
  readonly #limitMs: number | undefined;
  #replies = 0;
  #pending = 0;
  #roleKnownAt = -Infinity;

  constructor(options: RedisLinkOptions) {
    this.#limitMs = options.client.commandTimeout;
    this.#link = new RedisLink({
      ...options,
      onIdentity: (identity) => {
        this.#roleKnownAt = performance.now();
        options.onIdentity?.(identity);
      },
    });
  }

  /** The raw client, `null` while there is no connection. Its errors carry command arguments. */
  get client(): Redis | null {
    return this.#link.client;
  }

  get isUsable(): boolean {
    return this.#link.isUsable;
  }

  /** The server's or the network's word for why it is not usable; `null` if there is none. */
  get failureWord(): string | null {
    return this.#link.failure?.word ?? null;
  }

  /** Calls of `run` under way. */
  get pending(): number {
    return this.#pending;
  }

  /** Opens the connection; resolves when it is usable, when the first attempt failed, or when patience ends. */
  open(): Promise<void> {
    return this.#link.open();
  }

  /**
   * Runs commands on a usable connection. On one that never was opened, opens it.
   * @param limitMs bound on the answer, if another than the connection's own
   * @throws CacheError `STORE_UNAVAILABLE`, `STORE_TIMEOUT`, `STORE_REFUSED` or, after `close`, `CLOSED`
   */
  async run<T>(command: Command<T>, limitMs = this.#limitMs, isAsking = false): Promise<T> {
    // Without a wait where none is needed: commands of one tick are sent in the order in which they were asked for.
    const usable = this.#link.isUsable ? this.#link.client : null;
    const client = usable ?? (await this.#link.becomeUsable());
    const repliesBefore = this.#replies;
    this.#pending++;
    try {
      const work = command(client, isAsking ? () => void askOf(client) : NOTHING_BEFORE);
      const result = await (limitMs === undefined ? work : answersWithin(limitMs, work));
      this.#replies++;
      return result;
    } catch (error) {
      throw this.#explain(error, repliesBefore);
    } finally {
      this.#pending--;
    }
  }

  /**
   * As `run`, with the incarnation of the server that the commands go to, for what a replica must not answer.
   * @throws CacheError as `run`; `STORE_REFUSED` also if the server does not tell its identity, or is a replica by now
   */
  runIdentified<T>(
    command: (client: Redis, incarnation: string, before: () => void) => Promise<T>,
    limitMs?: number,
    isAsking = false,
  ): Promise<T> {
    return this.run(
      async (client, before) => {
        const { identity } = this.#link;
        if (identity instanceof CacheError) throw identity;
        if (!identity.incarnation) throw unidentified();
        const work = command(client, identity.incarnation, before);
        const [result] = await Promise.all([work, this.#assertPrimary(client)]);
        return result;
      },
      limitMs,
      isAsking,
    );
  }

  /** Closes for good. Commands under way reject with `CLOSED`. Resolves when nothing is open any more. */
  close(): Promise<void> {
    return this.#link.close();
  }

  /** Once in a while, sent behind the command that was just sent. */
  async #assertPrimary(client: Redis): Promise<void> {
    const now = performance.now();
    if (now - this.#roleKnownAt < ROLE_CHECK_MS) return;
    this.#roleKnownAt = now;
    if (saysReplica(await client.info('replication'))) throw new RedisError(refused('READONLY'));
  }

  #explain(error: unknown, repliesBefore: number): CacheError {
    if (this.#link.isClosed) return new ClosedError(true);
    const explained = toCacheError(error);
    if (explained.code === 'STORE_REFUSED') this.#replies++;
    // Not one reply to anything while this command waited: the link is taken for dead.
    if (explained.code === 'STORE_TIMEOUT' && this.#replies === repliesBefore) this.#link.renew();
    if (explained instanceof RedisError && explained.isWrongRole)
      this.#link.renew(explained.failure);
    return explained;
  }
}

const NOTHING_BEFORE = (): void => undefined;

/** The next command on this connection is served although its slot is still on its way here. */
function askOf(client: Redis): void {
  client.call('ASKING').catch(() => undefined); // the command behind it tells what is wrong
}
