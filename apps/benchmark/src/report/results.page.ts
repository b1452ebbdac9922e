import { besideUs, type Beside } from '../results/ahead.js';
import type { BenchmarkResult, ScenarioResult } from '../results/benchmark-result.js';
import { checkBudgets } from '../results/budget.js';
import { BUDGETS } from '../results/budgets.js';
import { summariesOf } from '../results/way-summary.js';
import { markdownTable, measuredBy, pageWith } from './markdown.js';
import { shortNumber } from './number-format.js';
import { reasonFor } from './reasons.js';

/** The page with the tables of a run. @throws Error if it has no place for them */
export function resultsWith(page: string, run: BenchmarkResult): string {
  return pageWith(page, sectionsOf(run));
}

/** Where another cache was ahead. */
export const aheadIn = ({ scenarios }: BenchmarkResult): { scenario: string; other: Beside }[] =>
  scenarios.flatMap((scenario) =>
    besideUs(scenario)
      .filter(({ isAhead }) => isAhead)
      .map((other) => ({ scenario: scenario.name, other })),
  );

function sectionsOf(run: BenchmarkResult): string {
  return [
    measuredBy(run),
    '## Speed',
    'How many times as good as Vitalcache each of the others was: medians over rounds, which were interleaved.',
    markdownTable(['scenario', 'Vitalcache', 'others'], run.scenarios.flatMap(speedRows)),
    '## Where others are ahead, and why',
    markdownTable(['scenario', 'who', 'what it leaves out'], reasonRows(run)),
    '## Races',
    'Whether it is right under load is asked of each, in the same run.',
    markdownTable(['', ...namesOf(run, 'race')], raceRows(run)),
    '## Budgets',
    markdownTable(['what', 'measured', 'budget', ''], budgetRows(run)),
  ].join('\n\n');
}

function speedRows(scenario: ScenarioResult): string[][] {
  const others = besideUs(scenario);
  return summariesOf(scenario).flatMap(({ name, at, value }) => {
    const beside = others.filter((other) => other.at === at);
    if (name !== 'vitalcache' || !value || beside.length === 0) return [];
    const place = at === null ? scenario.name : `${scenario.name} · ${at}`;
    const texts = beside.map(({ peer, factor }) => `${peer} ${shortNumber(factor)}`);
    return [[place, `${shortNumber(value.median)} ${scenario.unit}`, texts.join(', ')]];
  });
}

/** Those with one reason together. */
function reasonRows(run: BenchmarkResult): string[][] {
  const rows = new Map<string, { scenario: string; peers: Set<string>; reason: string }>();
  for (const { scenario, other } of aheadIn(run)) {
    const reason = reasonFor(scenario, other) ?? 'not known yet';
    const row = rows.get(scenario + reason) ?? { scenario, peers: new Set(), reason };
    row.peers.add(other.peer);
    rows.set(scenario + reason, row);
  }
  return [...rows.values()].map(({ scenario, peers, reason }) => {
    return [scenario, [...peers].join(', '), reason];
  });
}

const namesOf = ({ races }: BenchmarkResult, what: 'race' | 'peer'): string[] => [
  ...new Set(races.map((race) => race[what])),
];

function raceRows(run: BenchmarkResult): string[][] {
  return namesOf(run, 'peer').map((peer) => [
    peer,
    ...namesOf(run, 'race').map((race) => {
      return run.races.find((one) => one.peer === peer && one.race === race)?.verdict ?? '';
    }),
  ]);
}

function budgetRows(run: BenchmarkResult): string[][] {
  return checkBudgets(run, BUDGETS).map(({ name, text, measured, isHeld }) => [
    name,
    measured === null ? 'not measured' : shortNumber(measured),
    text,
    isHeld ? 'held' : '**not held**',
  ]);
}
