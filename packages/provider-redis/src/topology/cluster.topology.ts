import { isCacheError } from '@vitalcache/core';
import calculateSlot from 'cluster-key-slot';

import { formatAddress, parseAddress, type Address } from '../connection/address.js';
import type { Command, RedisConnection } from '../connection/redis-connection.js';
import {
  failureOf,
  RedisError,
  refused,
  unreachable,
  type Redirect,
} from '../connection/redis.errors.js';
import { answersWithin } from '../connection/time-limit.js';
import type { RedisStore } from '../store/redis-store.js';
import { parseClusterSlots, type SlotRange } from './cluster-slots.js';
import type { Topology } from './topology.js';

/** No two looks at the map within this, milliseconds, however many commands fail. */
const LOOK_PAUSE_MS = 200;
/** Bound on one node's answer, milliseconds: one that hangs must not keep the others from telling. */
const ANSWER_MS = 1_000;

export interface ClusterTopologyOptions {
  /** Where to ask first; one that answers is enough. */
  readonly nodes: readonly Address[];
  /** The store whose primary listens at an address. */
  readonly createStore: (address: Address) => RedisStore;
  /** A connection to a node that is only asked for the map, whatever its role. */
  readonly createVisitor: (address: Address) => RedisConnection;
  /** How an announced address is reached from here. */
  readonly reach: (address: Address) => Address;
}

/**
 * Redis Cluster: 16 384 slots on several primaries. The map of slots is asked for at start, learned from redirects, and
 * asked for again when commands fail. ioredis' own cluster client hides which node a command went to; pools, breakers,
 * batches and the incarnation that the journal needs are all a node's.
 */
export class ClusterTopology implements Topology {
  readonly kind = 'cluster';
  readonly only = null;
  readonly #options: ClusterTopologyOptions;
  readonly #stores = new Map<string, RedisStore>();
  /** Address of the primary of each slot; absent where nobody serves it. */
  #owners: (string | undefined)[] = [];
  #looking: Promise<void> | null = null;
  readonly #visitors = new Set<RedisConnection>();
  /** Who is asked first: a node that lost touch with the others must not have the only word. */
  #turn = 0;
  #lookedAt = -Infinity;
  #isClosed = false;

  constructor(options: ClusterTopologyOptions) {
    this.#options = options;
  }

  get stores(): readonly RedisStore[] {
    return [...this.#stores.values()];
  }

  isKnown(key: string): boolean {
    return this.#find(key) !== undefined;
  }

  storeOf(key: string): RedisStore {
    const store = this.#find(key);
    if (store) return store;
    void this.look();
    const isUnserved = this.#stores.size > 0;
    throw new RedisError(
      isUnserved ? refused('CLUSTERDOWN') : failureOf(unreachable('NO_CLUSTER')),
    );
  }

  look(): Promise<void> {
    const isRecent = performance.now() - this.#lookedAt < LOOK_PAUSE_MS;
    if (this.#looking || this.#isClosed || isRecent) return this.#looking ?? Promise.resolve();
    this.#lookedAt = performance.now();
    this.#looking = this.#askAround().finally(() => (this.#looking = null));
    return this.#looking;
  }

  follow({ kind, slot, address }: Redirect): RedisStore | null {
    if (this.#isClosed) return null;
    const store = this.#storeAt(this.#options.reach(address));
    if (kind === 'MOVED') {
      this.#owners[slot] = store.name;
      void this.look();
    }
    return store;
  }

  onFailure(error: unknown): void {
    const isLost =
      isCacheError(error, 'STORE_UNAVAILABLE') ||
      isCacheError(error, 'STORE_TIMEOUT') ||
      (error instanceof RedisError && (error.isWrongRole || error.word === 'CLUSTERDOWN'));
    if (isLost) void this.look();
  }

  async open(): Promise<void> {
    await this.look();
    await Promise.all(this.stores.map((store) => store.open()));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#closeVisitors();
    await this.#looking;
    await Promise.all(this.stores.map((store) => store.close()));
  }

  #find(key: string): RedisStore | undefined {
    const owner = this.#owners[calculateSlot(key)];
    return owner === undefined ? undefined : this.#stores.get(owner);
  }

  /** Nodes that are known come first, then those that were named; each is asked until one answers. */
  async #askAround(): Promise<void> {
    const usable = this.stores.filter(({ isUsable }) => isUsable);
    const from = this.#turn++ % Math.max(1, usable.length);
    for (const store of [...usable.slice(from), ...usable.slice(0, from)]) {
      const reply = answersWithin(ANSWER_MS, store.run(askForSlots));
      if (await this.#learn(reply, parseAddress(store.name))) return;
    }
    if (!this.#isClosed) await this.#askNamed();
  }

  /** All at once: some of them may hang. */
  async #askNamed(): Promise<void> {
    const isDeaf = (address: Address): boolean =>
      !this.#stores.get(formatAddress(address))?.isUsable;
    const asked = this.#options.nodes.filter(isDeaf).map(async (address) => {
      const visitor = this.#options.createVisitor(address);
      this.#visitors.add(visitor);
      const isAnswered = await this.#learn(visitor.run(askForSlots), address);
      if (!isAnswered) throw new Error('The next one may know.');
    });
    await Promise.any(asked).catch(() => undefined); // without an answer nothing is known, as before
    await this.#closeVisitors();
  }

  async #closeVisitors(): Promise<void> {
    const visitors = [...this.#visitors];
    this.#visitors.clear();
    await Promise.all(visitors.map((visitor) => visitor.close()));
  }

  /** @param address of the node that was asked, which it may not know itself */
  async #learn(reply: Promise<unknown>, address: Address | null): Promise<boolean> {
    const ranges = parseClusterSlots(await reply.catch(() => null)); // the next node is asked
    if (ranges.length > 0 && !this.#isClosed) this.#adopt(ranges, address);
    return ranges.length > 0;
  }

  #adopt(ranges: readonly SlotRange[], asked: Address | null): void {
    const owners: (string | undefined)[] = new Array<undefined>(16_384).fill(undefined);
    for (const { from, to, primary } of ranges) {
      // A node that does not know its own address leaves it out.
      const address = primary ? this.#options.reach(primary) : asked;
      if (address) owners.fill(this.#storeAt(address).name, from, to + 1);
    }
    this.#owners = owners;
    const named = new Set(owners);
    for (const [name, store] of this.#stores) {
      if (named.has(name)) continue;
      this.#stores.delete(name);
      void store.close();
    }
  }

  #storeAt(address: Address): RedisStore {
    const name = formatAddress(address);
    const known = this.#stores.get(name);
    if (known) return known;
    const store = this.#options.createStore(address);
    this.#stores.set(name, store);
    void store.open();
    return store;
  }
}

const askForSlots: Command<unknown> = (client) => client.call('CLUSTER', ['SLOTS']);
