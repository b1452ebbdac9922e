import { setTimeout as sleep } from 'node:timers/promises';

import { CacheError } from '@vitalcache/core';
import { Redis, type RedisOptions } from 'ioredis';

import { guardReplies } from './guard-replies.js';
import { oneWriteATick } from './one-write-a-tick.js';
import { ConnectionState, type ConnectionStateName } from './connection-state.js';
import {
  failureOf,
  isLockout,
  refused,
  timedOut,
  UnconnectedError,
  type RedisFailure,
} from './redis.errors.js';
import { readIdentity, unidentified, type ServerIdentity } from './server-identity.js';
import { answersWithin } from './time-limit.js';

/** What differs from one attempt to connect to the next: address, credentials, TLS. */
export type Endpoint = Pick<RedisOptions, 'host' | 'port' | 'username' | 'password' | 'tls'>;

/** How long a closing connection may take before its socket is destroyed. */
export const DISCONNECT_TIMEOUT_MS = 250;

/** Doubles from 50 ms to the longest pause, of which a random half, so that a fleet does not return in step. */
export function retryPauseMs(attempt: number, longestMs: number, random: () => number): number {
  const pauseMs = Math.min(50 * 2 ** Math.min(attempt - 1, 20), longestMs);
  return Math.round(pauseMs * (0.5 + random() / 2));
}

/** Where the server to use is may change while the one that was there goes on answering. */
export interface ServerWatch {
  /**
   * Whether the server at this place is the one to use, by the word of those who decide that, asked for after this call.
   * Rejects if nobody answered.
   */
  isCurrent(place: Pick<Endpoint, 'host' | 'port'>): Promise<boolean>;
  /** Calls the listener whenever that may have changed. Returns what ends it. */
  onMove(listener: () => void): () => void;
}

export interface RedisLinkOptions {
  /** Where to connect and how to sign in; asked before each attempt. */
  readonly locate: () => Promise<Endpoint>;
  /** Who knows whether what was located still is the server to use; absent: it is for as long as it says so itself. */
  readonly watch?: ServerWatch | undefined;
  /** What is the same for every attempt. */
  readonly client: RedisOptions;
  /** A server of another role is not used: `primary` takes writes. */
  readonly role: 'primary' | 'replica';
  /** Bound on waiting for a connection, milliseconds. */
  readonly patienceMs: number;
  /** Bound on the questions that the link asks by itself, milliseconds. */
  readonly commandTimeoutMs: number;
  /** Pause before the given attempt in a row (from 1), milliseconds. */
  readonly retryDelayMs: (attempt: number) => number;
  /** True: a command waits for a lost connection to come back, too. False: it then fails at once. */
  readonly waitsForReturn: boolean;
  /** Called with `null` when the link became usable, with the reason when it was lost, can't be had, or is turned away. */
  readonly onChange?: ((failure: RedisFailure | null) => void) | undefined;
  /** Called with what the server says of itself, whenever a connection was opened. */
  readonly onIdentity?: ((identity: ServerIdentity) => void) | undefined;
}

/**
 * One connection that comes back: finding the server, opening, identifying it, losing it, trying again for ever. It is
 * usable only while that identity is known, so that no command runs under the identity of a server that was there before.
 */
export class RedisLink {
  readonly #options: RedisLinkOptions;
  readonly #state = new ConnectionState();
  readonly #pending: readonly ConnectionStateName[];
  readonly #closing = new AbortController();
  #living: Promise<void> | null = null;
  #client: Redis | null = null;
  #failure: RedisFailure | null = null;
  #identity: ServerIdentity | CacheError = unidentified();

  constructor(options: RedisLinkOptions) {
    this.#options = options;
    this.#pending = options.waitsForReturn ? ['connecting', 'unavailable'] : ['connecting'];
  }

  /** The client of the present connection; another one after it was lost. `null` between two. */
  get client(): Redis | null {
    return this.#client;
  }

  get isUsable(): boolean {
    return this.#state.name === 'usable';
  }

  get isClosed(): boolean {
    return this.#state.name === 'closed';
  }

  /** Why it is not usable; `null` while it is, or before the first attempt has ended. */
  get failure(): RedisFailure | null {
    return this.#failure;
  }

  /** Who the server behind a usable link is, or why it does not tell. */
  get identity(): ServerIdentity | CacheError {
    return this.#identity;
  }

  /** Starts if it never did; resolves when usable, when the first attempt failed, or when patience ends. */
  async open(): Promise<void> {
    this.#start();
    await this.#state.leaves(['connecting'], this.#options.patienceMs);
  }

  /**
   * The client, after waiting where there is something to wait for.
   * @throws CacheError why the link is not usable
   */
  async becomeUsable(): Promise<Redis> {
    this.#start();
    await this.#state.leaves(this.#pending, this.#options.patienceMs);
    if (this.#client && this.isUsable) return this.#client;
    throw this.#refusal();
  }

  /** Drops the connection, because it is silent or leads to the wrong server; another one is opened. */
  renew(failure: RedisFailure = timedOut()): void {
    if (!this.#client || !this.isUsable) return;
    this.#failure = failure;
    drop(this.#client);
    this.#miss();
  }

  /** Closes for good. Resolves when nothing is open any more. */
  async close(): Promise<void> {
    this.#state.move('closed');
    this.#closing.abort(null);
    if (this.#client) drop(this.#client);
    const bound = sleep(4 * DISCONNECT_TIMEOUT_MS, undefined, { ref: false });
    await Promise.race([this.#living, bound]);
  }

  #start(): void {
    if (!this.#state.move('connecting', 'idle')) return;
    this.#living = this.#live();
  }

  /** Leaves a server that was replaced, although it answers; stays where nobody knows better. */
  async #leaveIfMoved(): Promise<void> {
    const client = this.#client;
    if (!client || !this.isUsable) return;
    const isReplaced = await this.#isReplaced(client).catch(() => false);
    if (isReplaced && client === this.#client) this.renew(refused('READONLY'));
  }

  async #isReplaced(client: Redis): Promise<boolean> {
    const { watch, patienceMs } = this.#options;
    if (!watch) return false;
    return !(await answersWithin(patienceMs, watch.isCurrent(client.options)));
  }

  /** One connection after another. */
  async #live(): Promise<void> {
    const { signal } = this.#closing;
    const endWatch = this.#options.watch?.onMove(() => void this.#leaveIfMoved());
    for (let attempt = 1; !signal.aborted; attempt++) {
      const wasUsable = await this.#once();
      if (wasUsable) attempt = 1;
      const pauseMs = this.#options.retryDelayMs(attempt);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
    endWatch?.();
  }

  /** The life of one connection; resolves, when it is over, with whether it was of use. Never rejects. */
  async #once(): Promise<boolean> {
    const { patienceMs } = this.#options;
    const failures: RedisFailure[] = [];
    let wasUsable = false;
    try {
      const client = await this.#create(failures);
      const over = new Promise((resolve) => client.once('end', resolve));
      await answersWithin(patienceMs, client.connect());
      await this.#identify(client, failures);
      // It may have hung until now, and another one taken its place.
      if (await this.#isReplaced(client)) throw new UnsuitableServer(refused('READONLY'));
      wasUsable = this.#become(client);
      if (wasUsable) await over;
    } catch (error) {
      failures.push(error instanceof UnsuitableServer ? error.failure : failureOf(error));
    }
    if (this.#client) drop(this.#client);
    this.#client = null;
    this.#failure = (wasUsable ? this.#failure : null) ?? failures[0] ?? failureOf(null);
    this.#miss();
    return wasUsable;
  }

  async #create(failures: RedisFailure[]): Promise<Redis> {
    const { locate, patienceMs, client: common } = this.#options;
    const { signal } = this.#closing;
    const endpoint = await answersWithin(patienceMs, locate(), signal);
    signal.throwIfAborted();
    const client = new Redis({ ...common, ...endpoint });
    client.on('error', (error: unknown) => failures.push(failureOf(error)));
    client.on('connect', () => {
      guardReplies(client);
      oneWriteATick(client);
    });
    this.#client = client;
    return client;
  }

  /** The first thing on a new connection: whose it is. Until that is known, nothing else is sent. */
  async #identify(client: Redis, failures: readonly RedisFailure[]): Promise<void> {
    const { commandTimeoutMs, role, onIdentity } = this.#options;
    const asked = answersWithin(commandTimeoutMs, readIdentity(client));
    const identity = await asked.catch((error: unknown) => {
      const { code, word, message } = failureOf(error);
      if (code === 'STORE_REFUSED' && word === 'NOPERM') return new CacheError(code, message);
      throw error;
    });
    // ioredis goes on when the server refuses to SELECT a database; the cache would live in another one. The answer to
    // that came before this one.
    if (failures.length > 0) throw new Error('The server refused to set the connection up.');
    if (!(identity instanceof CacheError)) {
      if (identity.isLoading) throw new UnsuitableServer(refused('LOADING'));
      // A replica that became the primary is of use as both.
      if (role === 'primary' && identity.role === 'replica') {
        throw new UnsuitableServer(refused('READONLY'));
      }
      onIdentity?.(identity);
    }
    this.#identity = identity;
  }

  #become(client: Redis): boolean {
    if (client.status !== 'ready' || this.isClosed) return false;
    // Whoever runs commands has a bound of their own: this one would take an answer for late that is there and unread.
    delete client.options.commandTimeout;
    this.#failure = null;
    if (this.#state.move('usable')) this.#options.onChange?.(null);
    return true;
  }

  #miss(): void {
    this.#failure ??= failureOf(null);
    const isNews = this.#state.move('unavailable') || (!this.isClosed && isLockout(this.#failure));
    if (isNews) this.#options.onChange?.(this.#failure);
  }

  #refusal(): CacheError {
    if (this.isClosed) return new ClosedError();
    return new UnconnectedError(this.#failure ?? timedOut());
  }
}

/** It answers, but is not what the link is for. */
class UnsuitableServer extends Error {
  constructor(readonly failure: RedisFailure) {
    super(failure.message);
  }
}

/** Ends a client that is not to connect again. */
function drop(client: Redis): void {
  // After a failed attempt there is nothing to disconnect, and ioredis would leave a timer behind.
  if (client.status !== 'end') client.disconnect();
}

/** What operations reject with once this process closed the connection. */
export class ClosedError extends CacheError {
  override readonly name: string = 'ClosedError';

  /** @param wasSent true: the command may have taken effect, so nobody may send it again */
  constructor(readonly wasSent = false) {
    super(
      'CLOSED',
      'The connection to the server was closed by this process; open a new provider.',
    );
  }
}
