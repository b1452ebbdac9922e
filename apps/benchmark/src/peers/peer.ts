import type { StoreProduct } from '@vitalcache/testing';

/** Where a cache keeps values: in its own process, in the shared store, or in both. */
export type Tiers = 'own' | 'shared' | 'both';

/** What a scenario may need beyond reading through. */
export type PeerAbility = Tiers | 'stale' | 'tags' | 'batch' | 'invalidation';

/** Loads the value of a key from where it really is. */
export type Load = (key: string) => Promise<unknown>;

/** On what terms a cache is opened: alike for every peer of a scenario. */
export interface PeerTerms {
  readonly tiers: Tiers;
  /** Of the shared store; not used by `own`. */
  readonly url: string;
  /** Its make. Default: `redis`. */
  readonly product?: StoreProduct;
  /** Begins every key and channel in the shared store. */
  readonly namespace: string;
  readonly load: Load;
  readonly ttlMs: number;
  /** Age from which values are stale, served, and loaded anew behind the reader's back. Absent: never. */
  readonly staleAfterMs?: number;
  /** Entries that the process's own tier may hold. */
  readonly maxEntries: number;
  /** What one takes there, for caches that count bytes. Absent: no more than 4 KiB. */
  readonly entryBytes?: number;
  /** Tags of every entry. Absent: none. */
  readonly tags?: readonly string[];
}

/** A cache that was opened. What it can't do is absent. */
export interface OpenCache {
  /** The value of a key: cached, or loaded and then cached. */
  readonly read: (key: string) => Promise<unknown>;
  /** Makes a key's value invalid. */
  readonly invalidate?: (key: string) => Promise<unknown>;
  /** Makes all entries with a tag invalid. */
  readonly invalidateTag?: (tag: string) => Promise<unknown>;
  /** Many cached values, in the order of the keys; what is not cached is `null` or `undefined`. */
  readonly readMany?: (keys: readonly string[]) => Promise<readonly unknown[]>;
  /** As {@link readMany}, but what is not cached is loaded, and then cached. */
  readonly loadMany?: (keys: readonly string[]) => Promise<readonly unknown[]>;
  /** As loads would have left them, faster: to fill a store with. Absent: {@link writeMany} does. */
  readonly fill?: (entries: readonly (readonly [string, unknown])[]) => Promise<unknown>;
  readonly writeMany?: (entries: readonly (readonly [string, unknown])[]) => Promise<unknown>;
  /** Resolves when what reads left behind, such as writes, is done. */
  readonly settled?: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A cache that scenarios and races run on, set up as its own documentation advises. */
export interface IPeer {
  /** Also the name of the adapter's file, which exports it as `peer`. */
  readonly name: string;
  /** The packages that it consists of, whose versions the report names. */
  readonly packages: readonly string[];
  readonly abilities: readonly PeerAbility[];
  open(terms: PeerTerms): Promise<OpenCache>;
}
