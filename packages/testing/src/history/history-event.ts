import type { ReadOutcome, Tier } from '@vitalcache/core';

/**
 * Nanoseconds of one clock that all processes of a machine share: what `Number(process.hrtime.bigint())` gives on Linux
 * (CLOCK_MONOTONIC). That clock is also the source of all values: what a source holds at a moment is that moment, so that
 * a value tells when it was looked up, and no process has to ask another one for it.
 */
export type MonotonicNs = number;

/** What loaders and setters give. */
export interface ObservedValue {
  readonly key: string;
  readonly lookedAtNs: MonotonicNs;
}

/** Which entries an invalidation covers; in patterns `*` is any run of characters, and nothing else is special. */
export type ObservedCoverage =
  | { readonly kind: 'keys'; readonly keys: readonly string[] }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'all' };

/** A read that gave a value. */
export interface ReadEvent {
  readonly type: 'read';
  /** Number of the process. */
  readonly worker: number;
  readonly key: string;
  readonly tags: readonly string[];
  readonly how: 'eventual' | 'strong' | 'after';
  /** Id of the invalidation whose token was given. */
  readonly after?: string;
  readonly startedAtNs: MonotonicNs;
  readonly endedAtNs: MonotonicNs;
  /** Absent where the call does not tell. */
  readonly outcome?: ReadOutcome;
  /** `null`: no tier held it; absent where the call does not tell. */
  readonly tier?: Tier | null;
  readonly value: ObservedValue;
}

/** An invalidation, or a set, that resolved. */
export interface InvalidationEvent {
  readonly type: 'invalidation';
  /** Unique in the history. */
  readonly id: string;
  readonly worker: number;
  readonly covers: ObservedCoverage;
  /** When the source was written: what was looked up before is old. For a set, when its value was looked up. */
  readonly writtenAtNs: MonotonicNs;
  readonly startedAtNs: MonotonicNs;
  readonly endedAtNs: MonotonicNs;
  readonly recorded: boolean;
}

/** A read that found nothing, such as a `get`; only its time counts. */
export interface EmptyReadEvent {
  readonly type: 'empty';
  readonly worker: number;
  readonly startedAtNs: MonotonicNs;
  readonly endedAtNs: MonotonicNs;
}

/** Something that must not happen in a process. */
export interface TroubleEvent {
  readonly type: 'trouble';
  readonly worker: number;
  /** `rejected`: a call failed because of the cache. `hang`: it has not ended within its bound. */
  readonly kind: 'rejected' | 'hang' | 'unhandled' | 'warning';
  readonly atNs: MonotonicNs;
  readonly text: string;
}

export type HistoryEvent = ReadEvent | InvalidationEvent | EmptyReadEvent | TroubleEvent;
