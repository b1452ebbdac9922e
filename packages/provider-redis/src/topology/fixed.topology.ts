import type { RedisStore } from '../store/redis-store.js';
import { hashTag } from './hash-tag.js';
import { Rendezvous } from './rendezvous.js';
import type { Topology, TopologyKind } from './topology.js';

/** One store, or several independent ones that share the keys by weight. */
export class FixedTopology implements Topology {
  readonly kind: TopologyKind;
  readonly stores: readonly RedisStore[];
  readonly only: RedisStore | null;
  readonly #rendezvous: Rendezvous;

  /** @param weights one a store, in the same order */
  constructor(kind: TopologyKind, stores: readonly RedisStore[], weights: readonly number[] = [1]) {
    this.kind = kind;
    this.stores = stores;
    this.only = (stores.length === 1 && stores[0]) || null;
    this.#rendezvous = new Rendezvous(
      stores.map(({ name }, i) => ({ name, weight: weights[i] ?? 1 })),
    );
  }

  isKnown(): boolean {
    return true;
  }

  look(): Promise<void> {
    return Promise.resolve();
  }

  storeOf(key: string): RedisStore {
    return this.only ?? (this.stores[this.#rendezvous.indexOf(hashTag(key))] as RedisStore);
  }

  follow(): null {
    return null;
  }

  onFailure(): void {
    return; // each store looks for its server by itself
  }

  async open(): Promise<void> {
    await Promise.all(this.stores.map((store) => store.open()));
  }

  async close(): Promise<void> {
    await Promise.all(this.stores.map((store) => store.close()));
  }
}
