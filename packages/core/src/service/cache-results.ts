import type { JournalStatus, Recorded } from '../journal/journal.js';
import type { StoreStatus } from '../provider/cache-provider.js';
import type { FaultCounts } from './cache.runtime.js';

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

/** How a cache is doing. */
export interface CacheStatus {
  readonly provider: string;
  readonly namespace: string;
  readonly enabled: boolean;
  readonly store: StoreStatus;
  readonly journal: JournalStatus;
  readonly l1: { readonly entries: number; readonly bytes: number };
  readonly faults: FaultCounts;
}
