import type { StoreProduct } from '@vitalcache/testing';

import type { Sample, Unit } from '../scenarios/scenario.js';
import type { Sizes } from '../scenarios/sizes.js';

/** What became of one way of a scenario. */
export interface WayResult {
  readonly name: string;
  /** Where it stands on the scenario's axis. */
  readonly at: number | string | null;
  /** One a round; the rounds of all ways were interleaved, so that samples of one index belong together. */
  readonly samples: readonly Sample[];
  /** What was wrong, if it did not do the work: then there are no samples. */
  readonly failure: string | null;
}

export interface ScenarioResult {
  readonly name: string;
  readonly product: StoreProduct;
  readonly title: string;
  readonly unit: Unit;
  readonly isMoreBetter: boolean;
  readonly reference: string;
  readonly axis: string | null;
  readonly seconds: number;
  readonly ways: readonly WayResult[];
  /** Why it ended early, if it did. */
  readonly failure: string | null;
}

/** `n/a`: what the peer is can't be asked this. `not run`: something that it needs could not be had. */
export type Verdict = 'pass' | 'fail' | 'n/a' | 'not run';

export interface RaceResult {
  readonly race: string;
  readonly title: string;
  readonly peer: string;
  readonly verdict: Verdict;
  /** What was seen. */
  readonly seen: string;
}

/** A make of store, and which version was used or why there was none. */
export interface StoreResult {
  readonly product: StoreProduct;
  readonly version: string | null;
  readonly skipped: string | null;
}

export interface EnvironmentResult {
  readonly node: string;
  readonly os: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  /** Processes that wanted a processor when it began, on average of a minute. */
  readonly loadAtStart: number;
}

/** A run: everything that was measured, and on what. */
export interface BenchmarkResult {
  readonly format: 1;
  readonly mode: Sizes['name'];
  readonly startedAt: string;
  readonly seconds: number;
  readonly commit: string;
  /** Whether files differed from the commit. */
  readonly isDirty: boolean;
  readonly environment: EnvironmentResult;
  /** By package. */
  readonly versions: Readonly<Record<string, string>>;
  readonly stores: readonly StoreResult[];
  readonly scenarios: readonly ScenarioResult[];
  readonly races: readonly RaceResult[];
}
