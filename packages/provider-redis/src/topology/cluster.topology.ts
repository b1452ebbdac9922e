import { isCacheError } from '@vitalcache/core';
import calculateSlot from 'cluster-key-slot';

import { formatAddress, parseAddress, type Address } from '../connection/address.js';
import {
  failureOf,
  RedisError,
  refused,
  unreachable,
  type Redirect,
} from '../connection/redis.errors.js';
import type { RedisStore } from '../store/redis-store.js';
import { parseClusterSlots, type SlotRange } from './cluster-slots.js';
import type { Topology } from './topology.js';

/** No two looks at the map within this, milliseconds, however many commands fail. */
const LOOK_PAUSE_MS = 200;

export interface ClusterTopologyOptions {
  /** Where to ask first; one that answers is enough. */
  readonly nodes: readonly Address[];
  /** The store whose primary listens at an address. */
  readonly createStore: (address: Address) => RedisStore;
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
  readonly #options: ClusterTopologyOptions;
  readonly #stores = new Map<string, RedisStore>();
  /** Address of the primary of each slot; absent where nobody serves it. */
  #owners: (string | undefined)[] = [];
  #looking: Promise<void> | null = null;
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
    await this.#looking;
    await Promise.all(this.stores.map((store) => store.close()));
  }

  #find(key: string): RedisStore | undefined {
    const owner = this.#owners[calculateSlot(key)];
    return owner === undefined ? undefined : this.#stores.get(owner);
  }

  /** Nodes that are known come first, then those that were named; each is asked until one answers. */
  async #askAround(): Promise<void> {
    for (const store of this.stores.filter(({ isUsable }) => isUsable)) {
      if (await this.#askNode(store)) return;
    }
    for (const address of this.#options.nodes) {
      if (this.#isClosed) return;
      if (this.#stores.get(formatAddress(address))?.isUsable) continue;
      const visitor = this.#options.createStore(address);
      await visitor.open();
      const isAnswered = await this.#askNode(visitor);
      await visitor.close();
      if (isAnswered) return;
    }
  }

  async #askNode(store: RedisStore): Promise<boolean> {
    const reply = await store.first
      .run((client) => client.call('CLUSTER', ['SLOTS']))
      .catch(() => null); // the next node is asked
    const ranges = parseClusterSlots(reply);
    if (ranges.length > 0 && !this.#isClosed) this.#adopt(ranges, store);
    return ranges.length > 0;
  }

  #adopt(ranges: readonly SlotRange[], asked: RedisStore): void {
    const owners: (string | undefined)[] = new Array<undefined>(16_384).fill(undefined);
    for (const { from, to, primary } of ranges) {
      // A node that does not know its own address leaves it out.
      const address = primary ? this.#options.reach(primary) : parseAddress(asked.name);
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
