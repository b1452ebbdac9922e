import type fc from 'fast-check';

import { search } from './fleet-model.js';
import type { FleetPlan } from './fleet-steps.js';
import { ModelRun } from './model-run.js';

/**
 * Declares the tests of one kind of plans, each a stretch of schedules with a seed of its own.
 * @param share of all schedules that falls to this kind
 * @param first added to the seed, so that the kinds don't run the same plans
 */
export function describeFleet(
  kind: string,
  plans: fc.Arbitrary<FleetPlan>,
  { share, first }: { readonly share: number; readonly first: number },
  laws: string,
): void {
  const run = ModelRun.fromEnvironment(kind, { share, first }, process.env);
  describe(`a fleet of caches, ${kind}`, () => {
    for (const part of run.parts()) {
      it(
        `${laws} (${part.runs} schedules from seed ${part.seed})`,
        async () => {
          const { runs, failure } = await search({ plans, ...part });
          if (failure) throw new Error(failure);
          expect(runs).toBe(part.runs);
        },
        part.timeoutMs,
      );
    }
  });
}
