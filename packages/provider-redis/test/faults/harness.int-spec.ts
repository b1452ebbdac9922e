import { describeWithRedis, until, type HistoryViolation } from '@vitalcache/testing';

import { BOUND_MS, type FaultStore } from './describe-faults.js';
import { underLoad, type FaultScenario } from './under-load.js';

/** No fault at all: what is found is the flaw's. */
const flawed = (flaw: string): FaultScenario<FaultStore> => ({
  flaw,
  // What is old lives longer than the windows in which that is allowed, and is not at once made invalid by something else.
  cache: { blindMaxMs: 1_000 },
  load: {
    ttlMs: 5_000,
    mix: { eventual: 40, strong: 30, after: 20, get: 5, batch: 5, invalidate: 2, set: 0 },
  },
  fault: async ({ fleet, last }) => {
    await fleet.setFlawed(true);
    const isSeen = async () => {
      await last(1_000);
      const rules = rulesOf(fleet.summary().violations);
      return BROKEN.every((rule) => rules.has(rule));
    };
    await until('both rules are broken', isSeen, 20_000).catch(() => undefined);
    await fleet.setFlawed(false);
  },
});

const BROKEN = ['strong', 'window'] as const;
const rulesOf = (violations: readonly HistoryViolation[]) =>
  new Set(violations.map(({ rule }) => rule));

describeWithRedis('the harness notices', (store) => {
  it.each(['appends that are not recorded', 'a reader that hears nothing new'])(
    '%s',
    async (flaw) => {
      const { violations } = await underLoad(store() as FaultStore, flawed(flaw));
      expect([...rulesOf(violations)]).toEqual(expect.arrayContaining([...BROKEN]));
    },
    BOUND_MS,
  );
});
