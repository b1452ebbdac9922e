import { once } from 'node:events';

import { CacheError } from '@vitalcache/core';
import { Redis, type RedisOptions } from 'ioredis';

import { ConnectionState, type ConnectionStateName } from './connection-state.js';
import { readIncarnation } from './incarnation.js';
import { failureOf, timedOut, toCacheError, type RedisFailure } from './redis.errors.js';
import { DISCONNECT_TIMEOUT_MS } from './redis-options.js';
import { answersWithin } from './time-limit.js';

export interface RedisLinkOptions {
  readonly client: RedisOptions;
  /** Bound on waiting for a connection, milliseconds. */
  readonly patienceMs: number;
  /** Bound on the questions that the link asks by itself, milliseconds. */
  readonly commandTimeoutMs: number;
  /** True: a command waits for a lost connection to come back, too. False: it then fails at once. */
  readonly waitsForReturn: boolean;
  /** Called with `null` when the link became usable, with the reason when it was lost or can't be had. */
  readonly onChange?: (failure: RedisFailure | null) => void;
}

/**
 * The life of one ioredis client: opening, identifying the server behind it, losing it, getting it back. It is usable
 * only while that identity is known, so that no command runs under the identity of a server that was there before.
 */
export class RedisLink {
  readonly client: Redis;
  readonly #options: RedisLinkOptions;
  readonly #state = new ConnectionState();
  readonly #pending: readonly ConnectionStateName[];
  #failure: RedisFailure | null = null;
  #wasRefused = false;
  #incarnation: string | CacheError = '';
  #life = 0;

  constructor(options: RedisLinkOptions) {
    this.#options = options;
    this.#pending = options.waitsForReturn ? ['connecting', 'unavailable'] : ['connecting'];
    this.client = new Redis(options.client);
    this.client.on('connect', () => (this.#wasRefused = false));
    this.client.on('error', (error: unknown) => this.#note(failureOf(error)));
    this.client.on('ready', () => void this.#identify());
    this.client.on('close', () => this.#lose());
    this.client.on('end', () => this.#lose());
  }

  get isUsable(): boolean {
    return this.#state.name === 'usable';
  }

  get isClosed(): boolean {
    return this.#state.name === 'closed';
  }

  /** Identity of the server behind a usable link, or why it does not tell it. */
  get incarnation(): string | CacheError {
    return this.#incarnation;
  }

  /** Starts if it never did; resolves when usable, when the first attempt failed, or when patience ends. */
  async open(): Promise<void> {
    this.#start();
    await this.#state.leaves(['connecting'], this.#options.patienceMs);
  }

  /** @throws CacheError why the link is not usable, after waiting where there is something to wait for */
  async becomeUsable(): Promise<void> {
    this.#start();
    const isSettled = await this.#state.leaves(this.#pending, this.#options.patienceMs);
    if (this.isUsable) return;
    if (!isSettled) this.renew();
    throw this.#refusal();
  }

  /** Drops a connection that is open but silent; the client opens a new one by itself. */
  renew(): void {
    const { status } = this.client;
    if (status !== 'connect' && status !== 'ready') return;
    this.#failure = timedOut();
    this.#lose();
    this.client.disconnect(true);
  }

  /** Closes for good. Resolves when nothing is open any more. */
  async close(): Promise<void> {
    const wasOpened = this.#state.name !== 'idle';
    if (!this.#state.move('closed') || !wasOpened) return;
    // Between two attempts nothing is open, and nothing would tell the end.
    if (this.client.status === 'reconnecting') return this.client.disconnect();
    const limit = AbortSignal.timeout(2 * DISCONNECT_TIMEOUT_MS);
    const ended = once(this.client, 'end', { signal: limit });
    this.client.disconnect();
    await ended.catch(() => undefined);
  }

  #start(): void {
    if (this.#state.name !== 'idle') return;
    this.#state.move('connecting');
    // A first attempt that fails is told by the events; the client goes on trying.
    this.client.connect().catch(() => undefined);
  }

  /** The first thing on a new connection: whose it is. Until that is known, nothing else is sent. */
  async #identify(): Promise<void> {
    const life = ++this.#life;
    // ioredis goes on when the server refuses to SELECT a database; the cache would live in another one.
    if (this.#wasRefused) return this.#miss();
    const asked = answersWithin(this.#options.commandTimeoutMs, readIncarnation(this.client));
    const answer = await asked.catch(toCacheError);
    if (life !== this.#life) return;
    if (answer instanceof CacheError && answer.code !== 'STORE_REFUSED') return this.renew();
    this.#incarnation = answer;
    this.#failure = null;
    if (this.#state.move('usable')) this.#options.onChange?.(null);
  }

  #note(failure: RedisFailure): void {
    this.#failure = failure;
    this.#wasRefused ||= failure.code === 'STORE_REFUSED';
  }

  #lose(): void {
    this.#life++;
    this.#miss();
  }

  #miss(): void {
    this.#failure ??= failureOf(null);
    if (this.#state.move('unavailable')) this.#options.onChange?.(this.#failure);
  }

  #refusal(): CacheError {
    if (this.isClosed) return closedError();
    const { code, message } = this.#failure ?? timedOut();
    return new CacheError(code, message);
  }
}

/** What operations reject with once this process closed the connection. */
export function closedError(): CacheError {
  return new CacheError(
    'CLOSED',
    'The connection to Redis was closed by this process; open a new provider.',
  );
}
