import type { CacheOptions } from '../options/cache-options.js';
import type { Loader } from '../strategy/read-request.js';

/** One entry to be there before somebody asks for it. */
export interface WarmItem {
  readonly key: string;
  readonly load: Loader<unknown>;
  /** As those of the calls that will read it. */
  readonly options?: CacheOptions;
}

/** What a warmer is told. */
export interface WarmContext {
  /** Only of this clinic. Absent: of all. */
  readonly clinicId?: string;
  /** Fires when no more items are wanted. */
  readonly signal: AbortSignal;
}

/** Knows what will be asked for, such as the patients of today's appointments. */
export interface CacheWarmer {
  /** Unique among the warmers of a cache. */
  readonly name: string;
  /**
   * What it warms: `clinic`, `doctor`, `patient` or a word of the application's own. Absent: it runs only when all of
   * them do, or by name.
   */
  readonly kinds?: readonly string[];
  /** The items, most wanted first. They are taken one at a time as there is room; an endless list is cut off. */
  items(context: WarmContext): Iterable<WarmItem> | AsyncIterable<WarmItem>;
}

/** Which warmers run. Both absent: all of them. Both given: those that have one of the kinds and one of the names. */
export interface WarmSelection {
  readonly kinds?: readonly string[];
  readonly names?: readonly string[];
  readonly clinicId?: string;
}

export interface WarmLimits {
  /** Items that are loaded at the same time. Default: 4. */
  readonly concurrency?: number;
  /** Items in all. Default: 10 000. */
  readonly maxItems?: number;
  /** Milliseconds for all of it. Default: 60 000. */
  readonly deadlineMs?: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/** What became of the items. */
export interface WarmResult {
  /** Loaded and stored. */
  readonly warmed: number;
  /** Cached already. */
  readonly skipped: number;
  /** Neither, within the time; a warmer that throws counts once. */
  readonly failed: number;
}
