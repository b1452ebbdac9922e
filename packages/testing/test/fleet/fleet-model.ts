import fc from 'fast-check';

import { noteAsyncStorages } from './async-storages.js';
import { Fleet } from './fleet.js';
import { inWords, type FleetPlan } from './fleet-steps.js';

/** What the model found, or that it found nothing. */
export interface Finding {
  /** Schedules that were run, the failing one included, shrinking not. */
  readonly runs: number;
  /** What went wrong and how, in words; `null`: nothing. */
  readonly failure: string | null;
}

export interface SearchOptions {
  readonly plans: fc.Arbitrary<FleetPlan>;
  readonly seed: number;
  readonly runs: number;
  /** Shrinking takes time and is of no use to those who only ask whether. Default: true. */
  readonly isShrunk?: boolean;
  /** Called after each schedule. */
  readonly onRun?: () => void;
}

/** Runs random plans until a law is broken, and makes that plan as short as it can. */
export async function search({
  plans,
  seed,
  runs,
  isShrunk = true,
  onRun,
}: SearchOptions): Promise<Finding> {
  const property = fc.asyncProperty(plans, async (plan) => {
    await carryOut(plan);
    onRun?.();
  });
  const found = await fc.check(property, { seed, numRuns: runs, endOnFailure: !isShrunk });
  if (!found.failed) return { runs: found.numRuns, failure: null };
  const [plan] = found.counterexample ?? [];
  const cause = found.errorInstance instanceof Error ? found.errorInstance.message : 'no error';
  return {
    runs: found.numRuns,
    failure: `seed ${seed}, path ${found.counterexamplePath}\n${plan ? inWords(plan) : ''}\n=> ${cause}`,
  };
}

/** @throws LawBroken, or what a call rejected with that it must not reject with */
export async function carryOut(plan: FleetPlan): Promise<void> {
  const disableStorages = noteAsyncStorages();
  // Most of the errors of a plan are meant to happen; their stacks are a fifth of its time.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    await new Fleet(plan).run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    disableStorages();
  }
}
