import { batchGetScenario, batchSetScenario } from './batch.scenario.js';
import { codecScenarios } from './codec.scenario.js';
import { coldMissScenario } from './cold-miss.scenario.js';
import { compressionScenario } from './compression.scenario.js';
import { journalFanOutScenario } from './journal-fan-out.scenario.js';
import { l1HitScenario } from './l1-hit.scenario.js';
import { l2HitScenarios } from './l2-hit.scenario.js';
import { memoryPerEntryScenario } from './memory-per-entry.scenario.js';
import { nestRouteScenario } from './nest-route.scenario.js';
import { nestStartScenario } from './nest-start.scenario.js';
import { patternRemovalScenario } from './pattern-removal.scenario.js';
import { scaleScenario } from './scale.scenario.js';
import type { IScenario } from './scenario.js';
import { sealedHitScenario } from './sealed-hit.scenario.js';
import { sealingScenarios } from './sealing.scenario.js';
import { staleHitScenario } from './stale-hit.scenario.js';
import { stampedeProcessesScenario } from './stampede-processes.scenario.js';
import { stampedeScenario } from './stampede.scenario.js';
import { startUpScenario } from './start-up.scenario.js';
import { storeKilledScenario } from './store-killed.scenario.js';
import { tagInvalidationScenario } from './tag-invalidation.scenario.js';
import { twoTiersScenario } from './two-tiers.scenario.js';
import { validityCheckScenario } from './validity-check.scenario.js';

/** What is measured, in the order of the report. */
export const ALL_SCENARIOS: readonly IScenario[] = [
  l1HitScenario,
  validityCheckScenario,
  ...l2HitScenarios,
  twoTiersScenario,
  staleHitScenario,
  coldMissScenario,
  stampedeScenario,
  stampedeProcessesScenario,
  batchGetScenario,
  batchSetScenario,
  tagInvalidationScenario,
  patternRemovalScenario,
  ...codecScenarios,
  compressionScenario,
  ...sealingScenarios,
  sealedHitScenario,
  nestRouteScenario,
  nestStartScenario,
  storeKilledScenario,
  memoryPerEntryScenario,
  startUpScenario,
  scaleScenario,
  journalFanOutScenario,
];
