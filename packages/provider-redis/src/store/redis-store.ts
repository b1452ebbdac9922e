import { reachable, type Address, type AddressMap } from '../connection/address.js';
import { RedisConnection, type Command } from '../connection/redis-connection.js';
import type { RedisLinkOptions } from '../connection/redis-link.js';
import { isLockout, type RedisFailure } from '../connection/redis.errors.js';
import { parseIdentity, type ServerIdentity } from '../connection/server-identity.js';
import { RedisServer, type ServerSettings } from './redis-server.js';
import { ReplicaSet } from './replica-set.js';

/** How to reach one store: a primary and what stands by to replace it. */
export interface RedisStoreOptions {
  /** For breakers, shares of keys and messages. */
  readonly name: string;
  readonly link: Omit<RedisLinkOptions, 'role' | 'waitsForReturn' | 'onChange' | 'onIdentity'>;
  /** The same, to a server at a given address. */
  readonly linkTo: (address: Address) => RedisStoreOptions['link'];
  readonly settings: ServerSettings;
  /** Whether replicas may answer reads. */
  readonly readsReplicas: boolean;
  readonly addressMap: AddressMap;
  /** Connections to open at least, as soon as the server said how many threads it has. */
  readonly leastConnections?: ((identity: ServerIdentity) => number) | undefined;
  readonly onChange?: ((failure: RedisFailure | null) => void) | undefined;
}

/** How often the primary is asked for its replicas, milliseconds. */
const REPLICAS_MS = 10_000;
/** A replica that does not answer within this is left for the primary; less than a read may take. */
const REPLICA_LIMIT_MS = 100;

/** One store: commands go to its primary, reads to a replica where that may answer them. */
export class RedisStore {
  readonly name: string;
  readonly #options: RedisStoreOptions;
  readonly #primary: RedisServer;
  readonly #replicas: ReplicaSet;
  #looking: NodeJS.Timeout | null = null;
  #identity: ServerIdentity | null = null;

  constructor(options: RedisStoreOptions) {
    this.#options = options;
    this.name = options.name;
    const { link, linkTo, settings } = options;
    this.#primary = new RedisServer(
      {
        ...link,
        role: 'primary',
        waitsForReturn: false,
        onChange: this.#once(options.onChange),
        onIdentity: (identity) => this.#identify(identity),
      },
      settings,
    );
    this.#replicas = new ReplicaSet((address) => {
      const to = linkTo(reachable(address, options.addressMap));
      const client = settings.isClustered ? { ...to.client, readOnly: true } : to.client;
      const replica = { ...to, client, role: 'replica', waitsForReturn: false } as const;
      return new RedisServer(replica, settings, REPLICA_LIMIT_MS);
    });
  }

  /** What the primary said of itself; `null` before the first connection. */
  get identity(): ServerIdentity | null {
    return this.#identity;
  }

  get isUsable(): boolean {
    return this.#primary.pool.isUsable;
  }

  /** Connections for commands, to primary and replicas. */
  get counts(): { readonly busy: number; readonly open: number } {
    const pools = [this.#primary, ...this.#replicas.servers].map(({ pool }) => pool.counts);
    return pools.reduce((sum, { busy, open }) => ({
      busy: sum.busy + busy,
      open: sum.open + open,
    }));
  }

  /** The connection that is opened first and closed last. */
  get first(): RedisConnection {
    return this.#primary.pool.first;
  }

  /** Resolves when the primary is usable or the first attempt failed; never rejects. */
  async open(): Promise<void> {
    if (this.#options.readsReplicas) {
      this.#looking ??= setInterval(() => void this.#findReplicas(), REPLICAS_MS).unref();
    }
    await this.#primary.pool.open();
  }

  /** @throws CacheError as {@link RedisConnection.run} */
  run<T>(command: Command<T>, isAsking = false): Promise<T> {
    return this.#primary.pool.pick().run(command, undefined, isAsking);
  }

  /** @throws CacheError as {@link RedisConnection.runIdentified} */
  runIdentified<T>(
    command: Parameters<typeof RedisConnection.prototype.runIdentified<T>>[0],
    isAsking = false,
  ): Promise<T> {
    return this.#primary.pool.pick().runIdentified(command, undefined, isAsking);
  }

  /**
   * Reads one key.
   * @param isLatest true: of the primary
   * @throws CacheError
   */
  get(key: string, isLatest: boolean): Promise<Buffer | null> {
    return this.#ask(isLatest, ({ reads }) => reads.get(key));
  }

  /**
   * Reads several keys; each has its value or why it could not be had.
   * @throws CacheError if a whole command failed
   */
  getMany(keys: readonly string[]): Promise<readonly (Buffer | Error | null)[]> {
    return this.#ask(false, ({ reads }) => reads.getMany(keys));
  }

  /** A connection of its own to the primary, such as for commands that block. To be given back with `release`. */
  dedicated(purpose: string, options: { readonly hasTimeout: boolean }): RedisConnection {
    const { link, settings } = this.#options;
    const client = { ...link.client, connectionName: `vitalcache-${purpose}` };
    if (!options.hasTimeout) delete client.commandTimeout;
    settings.budget.take();
    // A node of a cluster does not come back as the primary of the same slots: nobody waits for it.
    const waitsForReturn = !settings.isClustered;
    return new RedisConnection({ ...link, client, role: 'primary', waitsForReturn });
  }

  async release(connection: RedisConnection): Promise<void> {
    this.#options.settings.budget.giveBack();
    await connection.close();
  }

  async close(): Promise<void> {
    if (this.#looking) clearInterval(this.#looking);
    this.#looking = null;
    await Promise.all([this.#primary.pool.close(), this.#replicas.close()]);
  }

  async #ask<T>(isLatest: boolean, ask: (server: RedisServer) => Promise<T>): Promise<T> {
    if (isLatest || this.#replicas.isEmpty) return ask(this.#primary);
    const found = await this.#replicas.ask(ask);
    return found ? found.answer : ask(this.#primary);
  }

  #identify(identity: ServerIdentity): void {
    this.#identity = identity;
    const { leastConnections, readsReplicas, settings } = this.#options;
    if (leastConnections) {
      // The pool may be opening this very connection.
      queueMicrotask(() => {
        this.#primary.pool.keep(Math.min(leastConnections(identity), settings.poolSize));
      });
    }
    if (readsReplicas) this.#replicas.set(identity.replicas);
  }

  async #findReplicas(): Promise<void> {
    const info = await this.first.run((client) => client.info('replication')).catch(() => null); // the link tells of its state
    if (info !== null && this.#looking) this.#replicas.set(parseIdentity(info).replicas);
  }

  /**
   * One connection of several tells of the server: the first one that notices. A server that turns this process away is
   * news also when it could not be reached before: what was lost first never says that a password is wrong.
   */
  #once(
    onChange: RedisStoreOptions['onChange'],
  ): ((failure: RedisFailure | null) => void) | undefined {
    let isDown: boolean | null = null;
    const lockouts = new Set<string>();
    return (failure) => {
      const isLockedOut = failure !== null && isLockout(failure) && !lockouts.has(failure.word);
      const isNews = failure
        ? !this.isUsable && (isDown !== true || isLockedOut)
        : isDown !== false;
      if (!isNews) return;
      isDown = failure !== null;
      if (!failure) lockouts.clear();
      if (failure && isLockedOut) lockouts.add(failure.word);
      onChange?.(failure);
    };
  }
}
