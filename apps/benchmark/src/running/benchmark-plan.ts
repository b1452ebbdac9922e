import type { IPeer } from '../peers/peer.js';
import type { IRace } from '../races/race.js';
import type { IScenario } from '../scenarios/scenario.js';
import type { Sizes } from '../scenarios/sizes.js';

/** What is to be run. */
export interface BenchmarkPlan {
  readonly sizes: Sizes;
  readonly scenarios: readonly IScenario[];
  readonly races: readonly IRace[];
  readonly peers: readonly IPeer[];
}
