import type { Redirect } from '../connection/redis.errors.js';
import type { RedisStore } from '../store/redis-store.js';

/** Which store holds a key. */
export interface Topology {
  /** A word for people: `standalone`, `sentinel`, `shards`, `cluster`. */
  readonly kind: TopologyKind;
  /** The stores that hold keys now, one a primary. */
  readonly stores: readonly RedisStore[];
  /** The store that holds every key, if there is one that does for as long as this lives. */
  readonly only: RedisStore | null;
  /** Whether it is known where the key is. */
  isKnown(key: string): boolean;
  /** Asks where the keys are, unless that was just done; never rejects. */
  look(): Promise<void>;
  /** @throws CacheError `STORE_UNAVAILABLE` while that is not known */
  storeOf(key: string): RedisStore;
  /** The store that a server pointed to, having learned from it; `null` where servers don't do that. */
  follow(redirect: Redirect): RedisStore | null;
  /** A command failed: the stores may not be where they were. */
  onFailure(error: unknown): void;
  /** Resolves when all is usable or the first attempts failed; never rejects. */
  open(): Promise<void>;
  close(): Promise<void>;
}

export type TopologyKind = 'standalone' | 'sentinel' | 'shards' | 'cluster';
