import type { EntryMeta, HitTimes } from '../entry/entry.js';
import type { HeldEntry } from '../entry/held-entry.js';
import type { EncodedValue } from '../entry/value.codec.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { SealTerms } from '../protection/payload-seal.js';
import type { ReadOptions } from '../provider/cache-provider.js';
import type { Subject } from '../validity/cover-hash.js';

/** Where an entry was found. */
export type Tier = 'l1' | 'l2';

/** A valid entry, fresh, stale or expired but kept. */
export interface FoundEntry {
  readonly entry: HeldEntry;
  readonly tier: Tier;
}

/** The value of a valid entry, safe to hand out, where little else of it is asked for. */
export class FreshValue implements HitTimes {
  readonly createdAt: number;
  readonly staleAt: number;

  constructor(
    readonly value: unknown,
    { createdAt, staleAt }: HitTimes,
  ) {
    this.createdAt = createdAt;
    this.staleAt = staleAt;
  }
}

/** Whether the value is all that its reader wants of a valid entry. Must not throw. */
export type IsEnough = (
  entry: Pick<HeldEntry, 'isSoftened' | 'staleAt' | 'loadMs'>,
  nowMs: number,
) => boolean;

/** An encoded entry that is about to be stored. */
export interface PreparedEntry {
  readonly key: string;
  readonly subject: Subject;
  readonly meta: EntryMeta;
  readonly payload: EncodedValue;
  /** What it is sealed for on its way into the store; `null`: it is not. */
  readonly sealing: SealTerms | null;
}

/** A lease that the store may release together with storing. */
export interface EndingLease {
  /** Its store key, of the entry's hash tag. */
  readonly key: string;
  readonly token: Uint8Array;
  /** Whether the store has released it, or found it to be another's by then. */
  isOver: boolean;
}

/** How the reader wants an entry: of which template, held in which way, on whose account. */
export type EntryView = Pick<
  ResolvedCacheOptions,
  'template' | 'isolation' | 'tenant' | 'admission'
>;

/** What a stored value means: from keys to entries and back. Knows neither when to load nor why. */
export interface ICacheRepository {
  /** The valid entry that this process holds, without waiting; `null` if there is none. */
  peek(key: string, nowMs?: number): HeldEntry | null;
  /** As {@link peek}, of the version that the view's template has. */
  findOwn(key: string, view: EntryView): HeldEntry | null;
  /**
   * The valid entry of either tier; `null` if there is none or the store did not answer in time. Never rejects.
   * @param how `isLatest`: what was stored last, wherever that costs a look at the store itself
   */
  find(key: string, view: EntryView, how?: ReadOptions): Promise<FoundEntry | null>;
  /** As {@link find} for many keys in one round trip, in their order. Never rejects. */
  findMany(keys: readonly string[], view: EntryView): Promise<readonly (FoundEntry | null)[]>;
  /** Whether an entry that was found before may still be handed out: not covered since, as far as that is known. */
  isTrusted(entry: HeldEntry): boolean;
  /**
   * Encodes a value, without storing it.
   * @throws CacheError `VALUE_INVALID`
   */
  prepare(
    key: string,
    value: unknown,
    meta: EntryMeta,
    options: Pick<ResolvedCacheOptions, 'compress' | 'admission'>,
  ): PreparedEntry;
  /** The entry as this process hands it out: its value is a copy that no caller can change for others. */
  hold(entry: PreparedEntry, view: Pick<EntryView, 'isolation' | 'tenant'>): HeldEntry;
  /**
   * Stores in both tiers, unless it is covered by now or something later is there; resolves with whether it did.
   * Rejects when the store failed; this process holds it all the same.
   * @param lease is over afterwards, if the store can see to that
   */
  store(entry: PreparedEntry, held: HeldEntry, lease?: EndingLease | null): Promise<boolean>;
  /**
   * Removes physically, as far as the stores answer; resolves with the number of stored entries that existed, `null` if
   * it is not known. Never rejects.
   */
  remove(keys: readonly string[]): Promise<number | null>;
}
