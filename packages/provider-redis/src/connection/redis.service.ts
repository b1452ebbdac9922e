import { CacheError } from '@vitalcache/core';
import type { Redis } from 'ioredis';

import { RedisConnection } from './redis-connection.js';
import {
  resolveRedisOptions,
  type RedisServiceOptions,
  type ResolvedRedisOptions,
} from './redis-options.js';
import type { RedisFailure } from './redis.errors.js';

/**
 * Owns the connections to one Redis or Valkey server: one for commands, and one more for each journal that is
 * followed, opened when the following begins.
 */
export class RedisService {
  /** The connection that commands use. */
  readonly commands: RedisConnection;
  readonly #options: ResolvedRedisOptions;
  readonly #followers = new Set<RedisConnection>();
  #isClosed = false;

  /** @throws CacheError `CONFIG_INVALID` for contradictory options, an unusable URL or an unreadable CA file. */
  constructor(options: RedisServiceOptions = {}) {
    this.#options = resolveRedisOptions(options);
    const { client, commandTimeoutMs } = this.#options;
    this.commands = new RedisConnection({
      client: { ...client, connectionName: 'vitalcache', commandTimeout: commandTimeoutMs },
      patienceMs: this.patienceMs,
      commandTimeoutMs,
      waitsForReturn: false,
      onChange: (failure) => this.#report(failure),
    });
  }

  /**
   * The raw ioredis client of the command connection, for commands that the cache does not use. Its errors carry
   * command arguments; nothing is queued while there is no connection.
   */
  get client(): Redis {
    return this.commands.client;
  }

  /** Bound on one command, milliseconds. */
  get commandTimeoutMs(): number {
    return this.#options.commandTimeoutMs;
  }

  /** Bound on waiting for a connection, milliseconds: opening it and one command. */
  get patienceMs(): number {
    return this.#options.connectTimeoutMs + this.#options.commandTimeoutMs;
  }

  /** Uniform in [0, 1). */
  get random(): () => number {
    return this.#options.random;
  }

  /** Connections for commands, in use and open at this moment; those that follow a journal are none of them. */
  get pool(): { readonly busy: number; readonly open: number } {
    return { busy: Number(this.commands.isBusy), open: Number(this.commands.isUsable) };
  }

  /** Opens the command connection. Resolves when it is usable or when the first attempt failed; never rejects. */
  connect(): Promise<void> {
    return this.commands.open();
  }

  /**
   * A connection for blocking reads, to be given back with `release`. It has no command timeout, which would end a
   * blocking read: whoever uses it sets a limit on each answer.
   * @throws CacheError `CLOSED` after `close`
   */
  follow(): RedisConnection {
    if (this.#isClosed)
      throw new CacheError('CLOSED', 'This Redis service was closed; create another.');
    const { client, commandTimeoutMs } = this.#options;
    const follower = new RedisConnection({
      client: { ...client, connectionName: 'vitalcache-journal' },
      patienceMs: this.patienceMs,
      commandTimeoutMs,
      waitsForReturn: true,
    });
    this.#followers.add(follower);
    return follower;
  }

  /** Closes a connection from `follow`. */
  async release(follower: RedisConnection): Promise<void> {
    this.#followers.delete(follower);
    await follower.close();
  }

  /** Closes all connections, for good. May be called twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const followers = [...this.#followers];
    await Promise.all([
      this.commands.close(),
      ...followers.map((follower) => this.release(follower)),
    ]);
  }

  #report(failure: RedisFailure | null): void {
    const { address, onStateChange } = this.#options;
    const state = failure ? `not reachable (${failure.word}), trying again` : 'connected';
    onStateChange(`Redis ${address}: ${state}`);
  }
}
