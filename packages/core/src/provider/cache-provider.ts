import type { CacheError } from '../errors/cache.error.js';
import type { IJournalLog } from '../journal/journal-log.js';

/** Bytes with the key they are stored under. */
export interface StoredItem {
  readonly key: string;
  readonly value: Uint8Array;
  /** Milliseconds until the store may forget the bytes; a positive integer. */
  readonly ttlMs: number;
}

/** What a physical removal did within its deadline. */
export interface Removal {
  /** Store keys that existed and are gone now. */
  readonly removed: number;
  /** False when the deadline ended the sweep before it had seen every key. */
  readonly complete: boolean;
}

/** Several keys in one round trip. */
export interface BatchStore {
  /** Values in the order of `keys`, `null` where absent. Rejects only when the whole batch failed. */
  getMany(keys: readonly string[]): Promise<readonly (Uint8Array | null)[]>;
  setMany(items: readonly StoredItem[]): Promise<void>;
  /** Resolves with the number of keys that existed. */
  delMany(keys: readonly string[]): Promise<number>;
}

/** Finding keys by pattern, in bounded steps that never block the store. */
export interface SweepingStore {
  /**
   * Removes the keys that match a Redis glob. Physical housekeeping only: the journal has already made the entries
   * invalid when this is called. `deadlineMs` counts from the call.
   */
  invalidateCacheByPattern(pattern: string, deadlineMs: number): Promise<Removal>;
}

/** A store that keeps an index of tags of its own. Housekeeping only, as for patterns. */
export interface TagIndexedStore {
  invalidateCacheByTag(tag: string): Promise<Removal>;
}

/** Compare-and-set on the fence that stands in an entry's first bytes. */
export interface FencedStore {
  /**
   * Stores `item` unless the stored bytes agree with it in their first `sameBytes` bytes and are greater, compared
   * bytewise as big-endian, in the `fenceBytes` bytes that follow. Bytes that are too short for that, stored or new,
   * don't hinder. Atomic. Resolves with false when it was refused.
   */
  setFenced(item: StoredItem, sameBytes: number, fenceBytes: number): Promise<boolean>;
}

/** One of several fenced writes. */
export interface FencedWrite extends StoredItem {
  /** A lease of the same hash tag that the entry brings to an end. */
  readonly lease?: { readonly key: string; readonly token: Uint8Array };
}

/** Fenced writes that were asked for together, in a store that has leases. */
export interface FencedBatchStore {
  /**
   * As {@link FencedStore.setFenced} for each item by itself, in their order. Where one names a lease, that is released
   * once it is stored or refused, if `token` still owns it. Resolves with what became of each, in their order: whether it
   * was stored, or why that, or the release, is not known. Rejects only when all failed.
   */
  setFencedMany(
    writes: readonly FencedWrite[],
    sameBytes: number,
    fenceBytes: number,
  ): Promise<readonly (boolean | CacheError)[]>;
}

/** Short exclusive ownership of a key, an optimisation only: correctness is the fence's. */
export interface LeaseStore {
  /** Resolves with `null` when the lease was taken, otherwise with the token of the one who holds it. Atomic. */
  acquireLease(key: string, token: Uint8Array, ttlMs: number): Promise<Uint8Array | null>;
  /** Releases the lease only if `token` still owns it; resolves with whether it did. Atomic. */
  releaseLease(key: string, token: Uint8Array): Promise<boolean>;
  /** Sets the time to live anew only if `token` still owns the lease; resolves with whether it did. Atomic. */
  extendLease(key: string, token: Uint8Array, ttlMs: number): Promise<boolean>;
}

/** Compare-and-set on what stands there. */
export interface ComparingStore {
  /**
   * Stores `item` only if the stored bytes begin with `expected`, or, for `null`, if there are none. Atomic. Resolves
   * with false when it was refused.
   */
  setIfUnchanged(item: StoredItem, expected: Uint8Array | null): Promise<boolean>;
}

/** Sets of names whose members go by themselves: an index for housekeeping, which never decides what is valid. */
export interface IndexStore {
  /**
   * Adds a name to a set, or lets it stay longer; it goes after `ttlMs`, and the set with its last member. Of more than
   * `maxMembers` those are dropped that would go first.
   */
  addMember(set: string, member: string, ttlMs: number, maxMembers: number): Promise<void>;
  /** Up to `limit` members, those first that stay longest. */
  membersOf(set: string, limit: number): Promise<readonly string[]>;
  /** Resolves with the number of those that were there. */
  dropMembers(set: string, members: readonly string[]): Promise<number>;
}

/** Looking at keys without their bytes, in bounded steps that never block the store. */
export interface InspectingStore {
  /**
   * Calls `visit` with the keys that match a Redis glob, a page at a time and none of them twice in a page; waits for what
   * it returns. Resolves with false when the deadline, counted from the call, ended it before all were seen.
   */
  visitKeys(
    pattern: string,
    visit: (keys: readonly string[]) => void | Promise<void>,
    deadlineMs: number,
  ): Promise<boolean>;
  /** Milliseconds until the store forgets each key: `Infinity` for one that has no end, `null` for one that is not there. */
  timesLeft(keys: readonly string[]): Promise<readonly (number | null)[]>;
}

/** A store that can keep the journal of a namespace. */
export interface JournalStore {
  /** The journal of `namespace`; one object per provider and namespace. Opens no connection by itself. */
  journal(namespace: string): IJournalLog;
}

/** How the store is doing, for health and metrics. */
export interface StoreStatus {
  readonly connected: boolean;
  /** Bytes that the store uses (for an embedded store: the bytes it holds); `null` when it does not say. */
  readonly memoryBytes: number | null;
  /** The bound on those bytes; `null` when there is none or it is not known. */
  readonly maxBytes: number | null;
  /** Connections in use and open; both 0 for an embedded store. */
  readonly pool: { readonly busy: number; readonly open: number };
}

export interface ObservableStore {
  /** Never rejects: a store that does not answer is `connected: false`. */
  status(): Promise<StoreStatus>;
}

/** Several stores behind one provider: each fails, and is kept away from, on its own. */
export interface PartitionedStore {
  /**
   * Name of the store that holds `key`, for breakers and messages; the same for all keys of one hash tag. It may change
   * when the topology does.
   */
  partitionOf(key: string): string;
}

/** How a store is worked with, where that can be changed while it runs. */
export interface StoreTuning {
  /** Single reads of one tick share a command. */
  readonly isBatching: boolean;
  /** Commands go to the connection with the fewest under way; else to each in turn. */
  readonly isBalanced: boolean;
  /** Connections are opened and closed with the load; else all that are allowed are kept open. */
  readonly isScaling: boolean;
}

export interface TunableStore {
  /** Takes effect with the next command. */
  tune(tuning: StoreTuning): void;
}

/** A store that holds connections or timers. */
export interface ManagedStore {
  /**
   * Opens connections. Resolves when usable or when the first attempt failed: an unreachable store is a state, not
   * an error, and the provider goes on trying.
   */
  connect(): Promise<void>;
  /** Closes everything it opened. May be called twice; nothing runs afterwards. */
  close(): Promise<void>;
}

export interface ReadOptions {
  /**
   * True: what was stored last, not what a replica that may lag behind has of it. When it is asked for behind a command
   * for a key of the same hash tag, in the same tick, it is answered as of after that command: who asks for a lease and
   * looks sees what its last holder stored.
   */
  readonly isLatest?: boolean;
}

/**
 * Where bytes live. `get`, `set` and `del` are all that a provider owes; everything else is a capability that is
 * detected by the presence of its methods (see {@link capabilitiesOf}).
 *
 * A provider knows bytes, time to live, leases and the journal; it never looks into an entry. Every method rejects
 * with a `CacheError` (`STORE_UNAVAILABLE`, `STORE_TIMEOUT`, `STORE_REFUSED`, after `close` `CLOSED`) whose message and
 * cause carry neither keys nor values. An operation that timed out may still take effect.
 */
export interface ICacheProvider
  extends
    Partial<BatchStore>,
    Partial<SweepingStore>,
    Partial<TagIndexedStore>,
    Partial<FencedStore>,
    Partial<FencedBatchStore>,
    Partial<ComparingStore>,
    Partial<LeaseStore>,
    Partial<IndexStore>,
    Partial<InspectingStore>,
    Partial<JournalStore>,
    Partial<ObservableStore>,
    Partial<PartitionedStore>,
    Partial<TunableStore>,
    Partial<ManagedStore> {
  /** A word for logs and metrics, such as `memory` or `redis`. */
  readonly name?: string;
  /** How its servers stand together, in a word or two for people: `standalone`, `cluster`, `2 shards`. Absent: none do. */
  readonly topology?: string;
  /** True when other processes see the same bytes. Absent means not known. */
  readonly shared?: boolean;
  /**
   * The stored bytes, or `null` when there are none. Nobody else uses them; the array may be a window on a larger buffer,
   * such as the one that a socket was read into, so whoever keeps it for long copies it.
   */
  get(key: string, options?: ReadOptions): Promise<Uint8Array | null>;
  set(key: string, value: Uint8Array, ttlMs: number): Promise<void>;
  /** Resolves with the number of keys that existed (0 or 1); a provider that does not know resolves with nothing. */
  del(key: string): Promise<number | void>;
}
