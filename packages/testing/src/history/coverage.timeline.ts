import type { InvalidationEvent, MonotonicNs, ObservedCoverage } from './history-event.js';

/** Invalidations in the order in which they resolved, asked for the first one that makes a value old. */
export class CoverageTimeline {
  readonly #resolved: readonly InvalidationEvent[];
  /** The latest write among the first n + 1 of them. */
  readonly #writtenUpTo: readonly MonotonicNs[];

  constructor(invalidations: readonly InvalidationEvent[]) {
    this.#resolved = invalidations.toSorted((a, b) => a.endedAtNs - b.endedAtNs);
    let latest = -Infinity;
    this.#writtenUpTo = this.#resolved.map(
      ({ writtenAtNs }) => (latest = Math.max(latest, writtenAtNs)),
    );
  }

  /** The first to resolve of those whose write came after `lookedAtNs`. */
  firstAgainst(lookedAtNs: MonotonicNs): InvalidationEvent | undefined {
    let from = 0;
    let to = this.#resolved.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#writtenUpTo[middle] as number) > lookedAtNs) to = middle;
      else from = middle + 1;
    }
    return this.#resolved[from];
  }
}

/** Whether an entry of this key and these tags is covered. */
export function isCoveredBy(
  covers: ObservedCoverage,
  key: string,
  tags: readonly string[],
): boolean {
  switch (covers.kind) {
    case 'all':
      return true;
    case 'keys':
      return covers.keys.includes(key);
    case 'tag':
      return tags.includes(covers.tag);
    case 'pattern':
      return patternOf(covers.pattern).test(key);
  }
}

function patternOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
