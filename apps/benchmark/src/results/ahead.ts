import { ALL_PEERS } from '../peers/all-peers.js';
import { spreadOf } from '../measuring/statistics.js';
import type { ScenarioResult, WayResult } from './benchmark-result.js';
import { ratiosOf } from './way-summary.js';

const OWN = 'vitalcache';

/** Another cache beside ours, at one place of a scenario. */
export interface Beside {
  readonly peer: string;
  readonly at: number | string | null;
  /** How many times as good as ours, of the same rounds. */
  readonly factor: number;
  /** Whether it is better in most rounds. */
  readonly isAhead: boolean;
}

/** The caches that did a scenario's work, in the order in which they were measured. */
export function besideUs(scenario: ScenarioResult): Beside[] {
  const { ways } = scenario;
  const own = ways.filter(({ name }) => name === OWN);
  return ways.flatMap((way) => {
    const ours = own.find(({ at, samples }) => at === way.at && samples.length > 0);
    if (way.name === OWN || !ours || way.samples.length === 0 || !isPeer(way)) return [];
    const { low, median } = spreadOf(ratiosOf(scenario, way, ours));
    return { peer: way.name, at: way.at, factor: median, isAhead: low > 1 };
  });
}

/** What `@nestjs/cache-manager` makes of cache-manager is measured by HTTP only. */
const OTHERS: ReadonlySet<string> = new Set([
  ...ALL_PEERS.map(({ name }) => name),
  '@nestjs/cache-manager',
]);
const isPeer = ({ name }: WayResult): boolean => OTHERS.has(name);
