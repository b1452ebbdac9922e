import { l1HitScenario } from './l1-hit.scenario.js';
import { l2HitScenarios } from './l2-hit.scenario.js';
import type { IScenario } from './scenario.js';

/** What is measured, in the order of the report. */
export const ALL_SCENARIOS: readonly IScenario[] = [l1HitScenario, ...l2HitScenarios];
