import type { Budget } from './budget.js';

/** What the cache is held to: ratios of one run, medians of interleaved rounds. */
export const BUDGETS: readonly Budget[] = [
  {
    name: 'a hit in the own process beside a bare lru-cache',
    scenario: 'l1-hit',
    bound: 'at least',
    limit: 0.7,
    unit: 'x its speed',
    measure: (way) => way('vitalcache')?.ratio?.median ?? null,
  },
  {
    name: 'a hit in the own process beside bentocache',
    scenario: 'l1-hit',
    bound: 'at least',
    limit: 10,
    unit: 'x its speed',
    measure: (way) => quotient(way('bentocache')?.value?.median, way('vitalcache')?.value?.median),
  },
  ...['l2-hit-64', 'l2-hit-64-texts'].map((scenario): Budget => ({
    name: `a hit in the shared store, 64 at a time (${scenario}), beside ioredis with JSON.parse`,
    scenario,
    bound: 'at least',
    limit: 1.5,
    unit: 'x its speed',
    measure: (way) => way('vitalcache')?.ratio?.median ?? null,
  })),
];

function quotient(one: number | undefined, other: number | undefined): number | null {
  return one === undefined || other === undefined ? null : one / other;
}
