/** How much is measured: enough for an answer, for a first look, or for a test that everything works. */
export interface Sizes {
  readonly name: 'full' | 'quick' | 'tiny';
  readonly rounds: number;
  /** How long the rounds of a scenario are to take at most; what is slow has fewer. */
  readonly scenarioMs: number;
  /** How long a round of one way is to take. */
  readonly roundMs: number;
  /** Entries at which the cost of an operation is looked at. */
  readonly scale: readonly number[];
  /** Entries that carry a tag that is invalidated. */
  readonly carriers: readonly number[];
  /** Entries of which the memory is measured. */
  readonly held: number;
  /** Seconds of a load on a store that is killed; a route is loaded for at least one. */
  readonly loadSeconds: number;
  /** Records of the journal that a start reads. */
  readonly records: number;
  readonly processes: number;
  /** Keys of a trace. */
  readonly traceKeys: number;
  /** Scenarios that run at once: more than one says nothing about speed. */
  readonly atOnce: number;
  /** Invalidations that they are to hear of. */
  readonly invalidations: number;
  /** Processes that follow a journal. */
  readonly tails: readonly number[];
}

export const SIZES: Readonly<Record<Sizes['name'], Sizes>> = {
  full: {
    name: 'full',
    rounds: 15,
    scenarioMs: 8_000,
    roundMs: 60,
    scale: [10_000, 100_000, 1_000_000, 5_000_000],
    carriers: [1, 1_000, 1_000_000],
    held: 200_000,
    loadSeconds: 2,
    records: 100_000,
    processes: 8,
    traceKeys: 10_000,
    atOnce: 1,
    invalidations: 200,
    tails: [1, 10, 50],
  },
  quick: {
    name: 'quick',
    rounds: 3,
    scenarioMs: 1_000,
    roundMs: 12,
    scale: [1_000, 20_000],
    carriers: [1, 2_000],
    held: 10_000,
    loadSeconds: 0.5,
    records: 2_000,
    processes: 2,
    traceKeys: 2_000,
    atOnce: 1,
    invalidations: 40,
    tails: [1, 4],
  },
  tiny: {
    name: 'tiny',
    rounds: 1,
    scenarioMs: 1_000,
    roundMs: 2,
    scale: [100, 1_000],
    carriers: [1, 100],
    held: 1_000,
    loadSeconds: 0.5,
    records: 200,
    processes: 2,
    traceKeys: 200,
    atOnce: 3,
    invalidations: 20,
    tails: [1, 2],
  },
};
