import { CoverageTimeline, isCoveredBy } from './coverage.timeline.js';
import { groupBy } from './group-by.js';
import type { InvalidationEvent, MonotonicNs, ObservedCoverage } from './history-event.js';

interface Group {
  readonly covers: ObservedCoverage;
  readonly timeline: CoverageTimeline;
}

/** Finds what made a value old, without looking at every invalidation for every read. */
export class CoverageIndex {
  readonly #groups: readonly Group[];
  /** By key and tags. */
  readonly #timelines = new Map<string, readonly CoverageTimeline[]>();

  constructor(invalidations: Iterable<InvalidationEvent>) {
    const byCoverage = groupBy(invalidations, ({ covers }) => JSON.stringify(covers));
    this.#groups = [...byCoverage.values()].map((alike) => ({
      covers: (alike[0] as InvalidationEvent).covers,
      timeline: new CoverageTimeline(alike),
    }));
  }

  /** Of the invalidations that cover the entry and whose write came after `lookedAtNs`, the first to resolve. */
  firstAgainst(
    key: string,
    tags: readonly string[],
    lookedAtNs: MonotonicNs,
  ): InvalidationEvent | undefined {
    let first: InvalidationEvent | undefined;
    for (const timeline of this.#of(key, tags)) {
      const candidate = timeline.firstAgainst(lookedAtNs);
      if (candidate && !(first && first.endedAtNs <= candidate.endedAtNs)) first = candidate;
    }
    return first;
  }

  #of(key: string, tags: readonly string[]): readonly CoverageTimeline[] {
    const subject = JSON.stringify([key, tags]);
    const known = this.#timelines.get(subject);
    if (known) return known;
    const found = this.#groups
      .filter(({ covers }) => isCoveredBy(covers, key, tags))
      .map(({ timeline }) => timeline);
    this.#timelines.set(subject, found);
    return found;
  }
}
