import { dateRace } from './date.race.js';
import { missedInvalidationRace } from './missed-invalidation.race.js';
import type { IRace } from './race.js';
import { staleSetRace } from './stale-set.race.js';
import { storeDownRace } from './store-down.race.js';
import { twoProcessesRace } from './two-processes.race.js';

/** What is asked of every peer, in the order of the report. */
export const ALL_RACES: readonly IRace[] = [
  staleSetRace,
  twoProcessesRace,
  storeDownRace,
  missedInvalidationRace,
  dateRace,
];
