import type { Budget } from './budget.js';
import type { WaySummary } from './way-summary.js';

type Ways = readonly WaySummary[];

const OWN = 'vitalcache';
const named = (ways: Ways, name = OWN): WaySummary | undefined =>
  ways.find((way) => way.name === name);

/** How many times as fast as the reference. */
const speed = (ways: Ways): number | undefined => named(ways)?.ratio?.median;
/** In how many times the reference's time. */
const share = (ways: Ways): number | undefined => inverse(speed(ways));
const value = (ways: Ways, name = OWN): number | undefined => named(ways, name)?.value?.median;
const inverse = (ratio: number | null | undefined): number | undefined =>
  ratio ? 1 / ratio : undefined;

function growth(ways: Ways, name = OWN): number | undefined {
  const own = ways.filter((way) => way.name === name && way.value);
  return own.length > 1 ? inverse(own.at(-1)?.ratio?.median) : undefined;
}

const atLeast = (limit: number): Pick<Budget, 'bound' | 'limit' | 'unit'> => ({
  bound: 'at least',
  limit,
  unit: 'x its speed',
});
const atMost = (limit: number, unit = 'x its time'): Pick<Budget, 'bound' | 'limit' | 'unit'> => ({
  bound: 'at most',
  limit,
  unit,
});

/** What the cache is held to: ratios of one run, medians of interleaved rounds. */
export const BUDGETS: readonly Budget[] = [
  {
    name: 'a hit in the own process, beside a bare lru-cache',
    scenario: 'l1-hit',
    ...atLeast(0.7),
    measure: speed,
  },
  {
    name: 'a hit in the own process, beside bentocache',
    scenario: 'l1-hit',
    ...atLeast(10),
    measure: (ways) => quotient(value(ways, 'bentocache'), value(ways)),
  },
  {
    name: 'whether an entry is valid, looked up in the sketch',
    scenario: 'validity-check',
    ...atMost(60, 'ns'),
    measure: (ways) => named(ways, 'probing')?.cpu?.median,
  },
  ...['l2-hit-64', 'l2-hit-64-texts'].map((scenario) => ({
    name: `a hit in the shared store (${scenario}), beside ioredis with JSON.parse`,
    scenario,
    ...atLeast(1.5),
    measure: speed,
  })),
  {
    name: 'invalidating a tag that most entries carry, beside one that a single entry carries',
    scenario: 'tag-invalidation',
    ...atMost(1.15),
    measure: growth,
  },
  {
    name: 'a sealed hit beside a plain one, in processor time',
    scenario: 'sealed-hit',
    ...atMost(1.6),
    measure: (ways) => inverse(named(ways, 'vitalcache, sealed')?.cpuRatio),
  },
  ...(
    [
      ['seal', 1_024, 2.5],
      ['open', 1_024, 2],
      ['seal', 16_384, 1.8],
      ['open', 16_384, 1.8],
    ] as const
  ).map(([scenario, bytes, limit]) => ({
    name: `to ${scenario} ${bytes / 1_024} KiB, beside AES-256-GCM alone, in processor time`,
    scenario,
    ...atMost(limit),
    measure: (ways: Ways) => inverse(named(ways.filter(({ at }) => at === bytes))?.cpuRatio),
  })),
  {
    name: 'a Nest route with @Cache() that hits, beside one that returns a constant',
    scenario: 'nest-route',
    ...atLeast(0.9),
    measure: speed,
  },
  {
    name: 'what @Cache() on 200 methods adds to a start, in processor time',
    scenario: 'nest-start',
    ...atMost(50, 'ms'),
    measure: (ways) => difference(value(ways), value(ways, 'without the cache')),
  },
  {
    name: 'loads of a stampede of several processes',
    scenario: 'stampede-processes',
    ...atMost(1, 'load'),
    measure: (ways) => named(ways)?.details['loads'],
  },
  {
    name: 'how long after the load the median caller of a stampede waits',
    scenario: 'stampede-processes',
    ...atMost(25, 'ms'),
    measure: (ways) => value(ways),
  },
  {
    name: 'an entry in the own memory, beside its key and value',
    scenario: 'memory-per-entry',
    ...atMost(300, 'bytes'),
    measure: (ways) => value(ways),
  },
  {
    name: 'batchGet of 1 000, beside MGET with JSON.parse',
    scenario: 'batch-get',
    ...atMost(1.2),
    measure: share,
  },
  {
    name: '99 of 100 reads after the store was killed (read budget 250 ms, loader 5 ms)',
    scenario: 'store-killed',
    ...atMost(255, 'ms'),
    measure: (ways) => value(ways),
  },
  {
    name: 'reads that fail because the store was killed',
    scenario: 'store-killed',
    ...atMost(0, 'errors'),
    measure: (ways) => sum(named(ways)?.details['errors'], named(ways)?.details['unanswered']),
  },
  ...['read', 'store', 'store, then invalidate'].map((operation) => ({
    name: `${operation}, with most entries beside fewest`,
    scenario: 'scale',
    ...atMost(1.3),
    measure: (ways: Ways) => growth(ways, operation),
  })),
];

function quotient(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one / other;
}

function difference(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one - other;
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other;
}
