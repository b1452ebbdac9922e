import type { CacheOptions } from '../options/cache-options.js';
import type { JournalStatus, Recorded } from '../journal/journal.js';
import type { StoreStatus } from '../provider/cache-provider.js';
import type { CacheCounts } from '../observation/cache-counters.js';
import type { RefreshRefusal } from '../strategy/read-request.js';
import type { CacheErrorHandler, FaultCounts } from '../resilience/cache-error.handler.js';
import type { BreakerState } from '../resilience/circuit-breaker.service.js';

/** What became of an invalidation. */
export interface InvalidationResult extends Recorded {
  /** Entries removed physically; `null` when they are only invalid, and go when they expire or are overwritten. */
  readonly removed: number | null;
}

/** What became of a `set`. */
export interface SetResult extends Recorded {
  /** False when something invalidated the value at the same time, or nothing may be stored now: the next read loads. */
  readonly stored: boolean;
}

/** What became of an `update`. */
export interface UpdateResult<T> extends SetResult {
  /** What `change` gave last, stored or not; `null` when it gave nothing. */
  readonly value: T | null;
}

/** One entry of a `batchSet`: key, value, and options as for `cache`. */
export interface BatchSetItem extends CacheOptions {
  readonly key: string;
  readonly value: unknown;
}

/** What became of a `batchSet`. */
export interface BatchSetResult extends Recorded {
  /** Entries that were not stored: their keys are invalid everywhere, and the next read loads. */
  readonly failed: number;
}

/** How an invalidation is to be done. */
export interface InvalidationOptions {
  /** `stale`: what is covered may still be served while it is refreshed. Absent: it is invalid. */
  readonly mode?: 'stale';
  /**
   * Milliseconds, up to 60 000, during which loads that start are returned but not stored, because what they read (a
   * replica) may lag behind the write. Default: 0.
   */
  readonly settleMs?: number;
  /** `throw`: an invalidation that was not recorded in time rejects with `NOT_RECORDED`. Default: `resolve`. */
  readonly whenQueued?: 'resolve' | 'throw';
}

/** Why the next read of a key would go as it would. */
export interface Explanation {
  /** `fresh`, `stale` (also softly invalidated), `expired` but kept, or `absent` (also: invalid). */
  readonly state: 'fresh' | 'stale' | 'expired' | 'absent';
  readonly tier: 'l1' | 'l2' | null;
  /** Milliseconds since its load began; `null` when it is absent. */
  readonly ageMs: number | null;
  readonly freshForMs: number | null;
  readonly expiresInMs: number | null;
  /** Whether a soft invalidation covers it. */
  readonly isSoftened: boolean;
  /** Position of the journal at which its load began, and that of this process. */
  readonly fence: number | null;
  readonly position: number;
  /** Why no refresh would start now; `null` if nothing speaks against it. */
  readonly refusal: RefreshRefusal | null;
  /** What the strategies last decided about it, a line each that has something to say. */
  readonly decisions: readonly string[];
}

/** Numbers since start, by name: words of the code, never a key, tag or tenant. */
export type PartNumbers = Readonly<Record<string, number>>;

/** How a cache is doing. */
export interface CacheStatus {
  readonly provider: string;
  readonly namespace: string;
  readonly enabled: boolean;
  readonly store: StoreStatus;
  /** The worst of {@link breakers}. */
  readonly breaker: BreakerState;
  /** Of each store that was asked, by its name. */
  readonly breakers: Readonly<Record<string, BreakerState>>;
  readonly journal: JournalStatus;
  /** What the process's own tier holds, and how many entries it dropped to make room, since start. */
  readonly l1: { readonly entries: number; readonly bytes: number; readonly evictions: number };
  readonly counts: CacheCounts;
  readonly faults: FaultCounts;
  /** How often errors of each class were behind the faults; `foreign`: not one of the cache's own. */
  readonly faultCodes: CacheErrorHandler['codes'];
  /** What strategies, middleware and plugins say of themselves, by their names. */
  readonly parts: Readonly<Record<string, PartNumbers>>;
}
