import {
  describeViolation,
  describeWithRedis,
  type DescribeWithRedisOptions,
  type TestStore,
} from '@vitalcache/testing';

import { IS_TOLD, SCALE } from './fault-plan.js';
import { underLoad, type FaultOutcome, type FaultScenario } from './under-load.js';

/** Long enough for what is slow, and for all that has bounds of its own. */
export const BOUND_MS = 90_000 * SCALE.stretch;

/** A store that is the tests' own. */
export type FaultStore = Required<TestStore>;

/**
 * Declares one test per fault: several processes work one namespace before, during and after it, and what all of them
 * saw is held against the promises. Expected of every fault: nothing stale after a resolved invalidation, no call that
 * hangs or fails because of the cache, nothing unhandled, and caches that are well again without a restart.
 */
export function declareFaults<S>(
  subject: () => S,
  scenarios: Readonly<Record<string, FaultScenario<S>>>,
): void {
  for (const [fault, scenario] of Object.entries(scenarios)) {
    it(
      fault,
      async () => {
        const outcome = await underLoad(subject(), scenario);
        if (IS_TOLD) process.stderr.write(`${fault}\n${told(outcome)}\n`);
        expectPromises(outcome);
        scenario.expects?.(outcome);
      },
      BOUND_MS,
    );
  }
}

/** The same on one server. */
export function describeFaults(
  name: string,
  scenarios: Readonly<Record<string, FaultScenario<FaultStore>>>,
  options: Pick<DescribeWithRedisOptions, 'args'> = {},
): void {
  describeWithRedis(name, (store) => declareFaults(() => store() as FaultStore, scenarios), {
    needs: ['restart', 'kill', 'pause', 'snapshot'],
    ...options,
  });
}

/** What holds whatever happens. */
export function expectPromises(outcome: FaultOutcome): void {
  const { violations, troubles, log, outcomes, readMs, readLimitMs } = outcome;
  const broken = violations.slice(0, 5).map((one) => describeViolation(one));
  const isBroken = violations.length > 0;
  expect({ broken, log: isBroken ? log : [] }).toEqual({ broken: [], log: [] });
  const found = troubles
    .slice(0, 5)
    .map(({ kind, worker, text }) => `${kind} in w${worker}: ${text}`);
  expect({ found, log: found.length > 0 ? log : [] }).toEqual({ found: [], log: [] });
  expect(outcomes['hit']).toBeGreaterThan(0);
  expect(readMs.p99).toBeLessThan(readLimitMs);
}

function told({ violations, troubles, log, ...numbers }: FaultOutcome): string {
  const counts = { violations: violations.length, troubles: troubles.length };
  return JSON.stringify({ ...counts, ...numbers, logLines: log.length });
}
