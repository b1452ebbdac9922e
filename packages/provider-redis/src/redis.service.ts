import { setMaxListeners } from 'node:events';

import { CacheError, isCacheError, type StoreTuning } from '@vitalcache/core';
import type { Redis } from 'ioredis';

import { ConnectionBudget } from './connection/connection-budget.js';
import type { Command, RedisConnection } from './connection/redis-connection.js';
import { ClosedError } from './connection/redis-link.js';
import { invalid, withDefaults, type RedisServiceOptions } from './connection/redis-options.js';
import { failureOf, RedisError } from './connection/redis.errors.js';
import { assertServiceOptions } from './connection/redis-option-names.js';
import { RetryPolicy } from './retry.policy.js';
import type { RedisStore } from './store/redis-store.js';
import { createTopology } from './topology/create-topology.js';
import type { Topology } from './topology/topology.js';

/** Other nodes that one command is sent on to at most. */
const MAX_HOPS = 5;

/**
 * Owns the connections to all servers behind one cache: a pool a server, and more for each journal that is followed. It
 * knows which store holds a key, follows redirects of a cluster, and tries again what may be tried again.
 */
export class RedisService {
  readonly topology: Topology;
  readonly settings: ReturnType<typeof withDefaults>;
  /** The store that holds journals; `null` in a cluster, where their keys decide. */
  readonly #home: RedisStore | null;
  readonly #budget: ConnectionBudget;
  readonly #closing = new AbortController();
  readonly #retry: RetryPolicy;
  readonly #dedicated = new Map<RedisConnection, RedisStore>();
  #tuning: StoreTuning;

  /** @throws CacheError `CONFIG_INVALID` for unknown or contradictory options, an unusable URL or an unreadable CA file. */
  constructor(options: RedisServiceOptions = {}) {
    assertServiceOptions(options);
    this.settings = withDefaults(options);
    this.#tuning = this.settings.tuning;
    this.#budget = new ConnectionBudget(this.settings.maxConnections);
    const tuning = (): StoreTuning => this.#tuning;
    this.topology = createTopology({ options, budget: this.#budget, tuning });
    const { retryAttempts: attempts, retryDelayMs: delayMs, random } = this.settings;
    setMaxListeners(0, this.#closing.signal); // as many pauses as commands that wait for a second try
    this.#retry = new RetryPolicy({ attempts, delayMs, random, signal: this.#closing.signal });
    this.#home = this.topology.kind === 'cluster' ? null : this.#homeNamed(options.journal);
  }

  /**
   * The raw ioredis client of a connection to the first store, for commands that the cache does not use. Another one
   * after that connection was lost, so take it anew each time. Its errors carry command arguments, and nothing bounds how long
   * it waits for an answer.
   * @throws CacheError `STORE_UNAVAILABLE` while there is no connection
   */
  get client(): Redis {
    const client = this.topology.stores[0]?.first.client;
    if (client) return client;
    const { code, message } = failureOf(null);
    throw this.#isClosed ? new ClosedError() : new CacheError(code, message);
  }

  /** Whether a command may name keys of one slot only. */
  get isClustered(): boolean {
    return this.topology.kind === 'cluster';
  }

  /** Whether a script may name keys of one hash tag only. */
  get areScriptsOfOneTag(): boolean {
    return this.isClustered || this.settings.areScriptsOfOneTag;
  }

  /** Connections for commands, in use and open at this moment; those that follow a journal are none of them. */
  get pool(): { readonly busy: number; readonly open: number } {
    return this.topology.stores.reduce(
      (sum, { counts: { busy, open } }) => ({ busy: sum.busy + busy, open: sum.open + open }),
      { busy: 0, open: 0 },
    );
  }

  /** Name of the store that holds `key`; empty while that is not known. */
  partitionOf(key: string): string {
    const { topology } = this;
    return topology.isKnown(key) ? topology.storeOf(key).name : '';
  }

  /** Changes how the stores are worked with, from the next command on. */
  tune(tuning: StoreTuning): void {
    this.#tuning = tuning;
  }

  /** Opens the connections. Resolves when all are usable or their first attempts failed; never rejects. */
  connect(): Promise<void> {
    return this.topology.open();
  }

  /**
   * Runs commands on the primary that holds `key`.
   * @throws CacheError `STORE_UNAVAILABLE`, `STORE_TIMEOUT`, `STORE_REFUSED` or, after `close`, `CLOSED`
   */
  run<T>(key: string, command: Command<T>): Promise<T> {
    return this.#routed(key, (store, isAsking) => store.run(command, isAsking));
  }

  /** As {@link run}, for commands whose effect does not depend on how often they are run: tried again if it makes sense. */
  runAgain<T>(key: string, command: Command<T>): Promise<T> {
    return this.again(() => this.run(key, command));
  }

  /** Runs work on the store that holds `key`, wherever that is by then; tried again as with {@link runAgain}. */
  atStoreOf<T>(key: string, work: (store: RedisStore) => Promise<T>): Promise<T> {
    return this.again(() => this.#routed(key, work));
  }

  /**
   * Reads one key, together with others of this tick.
   * @param isLatest true: of the primary, not of a replica
   * @throws CacheError
   */
  get(key: string, isLatest: boolean): Promise<Buffer | null> {
    return this.again(() =>
      this.#routed(key, (store, isAsking) =>
        isAsking
          ? store.run((client, before) => (before(), client.getBuffer(key)), true)
          : store.get(key, isLatest),
      ),
    );
  }

  /**
   * Runs commands on the primary that holds a journal, with its incarnation.
   * @throws CacheError as {@link run}
   */
  runAtHome<T>(
    key: string,
    command: (client: Redis, incarnation: string, before: () => void) => Promise<T>,
  ): Promise<T> {
    return this.#routed(
      key,
      (store, isAsking) => store.runIdentified(command, isAsking),
      () => this.homeOf(key),
    );
  }

  /** Tries again, after a pause, what failed for a passing reason. The work must be fit to be done twice. */
  again<T>(work: () => Promise<T>): Promise<T> {
    return this.#retry.run(work);
  }

  /** The store that holds the journal under `key`: the named or first shard, or the node of its slot. */
  homeOf(key: string): RedisStore {
    return this.#home ?? this.topology.storeOf(key);
  }

  /**
   * A connection of its own to the primary of a store, to be given back with `release`.
   * @param hasTimeout false: for blocking reads, whoever uses it sets a limit on each answer
   * @throws CacheError `CLOSED` after `close`
   */
  dedicate(
    store: RedisStore,
    purpose: string,
    options: { readonly hasTimeout: boolean },
  ): RedisConnection {
    if (this.#isClosed) throw new ClosedError();
    const connection = store.dedicated(purpose, options);
    this.#dedicated.set(connection, store);
    return connection;
  }

  /** A command failed on a connection from `dedicate`: where things are is looked at again. */
  noteFailure(error: unknown): void {
    const redirect = error instanceof RedisError ? error.redirect : undefined;
    if (redirect) this.topology.follow(redirect);
    else this.topology.onFailure(error);
  }

  /** Closes a connection from `dedicate`. */
  async release(connection: RedisConnection): Promise<void> {
    const store = this.#dedicated.get(connection);
    this.#dedicated.delete(connection);
    await store?.release(connection);
  }

  /** Closes all connections, for good. May be called twice. */
  async close(): Promise<void> {
    this.#closing.abort(null);
    const dedicated = [...this.#dedicated.keys()];
    await Promise.all([
      this.topology.close(),
      ...dedicated.map((connection) => this.release(connection)),
    ]);
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #routed<T>(
    key: string,
    attempt: (store: RedisStore, isAsking: boolean) => Promise<T>,
    place = () => this.topology.storeOf(key),
  ): Promise<T> {
    if (this.#isClosed) throw new ClosedError();
    if (!this.topology.isKnown(key)) await this.topology.look();
    let store = place();
    let isAsking = false;
    for (let hop = 0; ; hop++) {
      try {
        return await attempt(store, isAsking);
      } catch (error) {
        const next = hop < MAX_HOPS ? this.#next(error, place) : null;
        if (!next) throw this.#explained(error);
        [store, isAsking] = [next.store, next.isAsking];
      }
    }
  }

  /** Where to go on with a command that failed; `null`: nowhere. */
  #next(error: unknown, place: () => RedisStore) {
    const redirect = error instanceof RedisError ? error.redirect : undefined;
    if (redirect) {
      const store = this.topology.follow(redirect);
      return store && { store, isAsking: redirect.kind === 'ASK' };
    }
    this.topology.onFailure(error);
    // The node left the cluster while the command waited for its turn.
    const hasLeft = error instanceof ClosedError && !error.wasSent && !this.#isClosed;
    return hasLeft ? { store: place(), isAsking: false } : null;
  }

  #explained(error: unknown): unknown {
    if (!isCacheError(error, 'CLOSED') || this.#isClosed) return error;
    return new RedisError(failureOf(null));
  }

  #homeNamed(name: string | undefined): RedisStore {
    const { stores } = this.topology;
    const home = name === undefined ? stores[0] : stores.find((store) => store.name === name);
    if (home) return home;
    const names = stores.map((store) => store.name).join(', ');
    throw invalid(`journal is "${name}"; accepted: the name of one of the shards (${names}).`);
  }
}
