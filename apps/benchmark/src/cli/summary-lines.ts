import { shortNumber, times } from '../report/number-format.js';
import type { BenchmarkResult, ScenarioResult } from '../results/benchmark-result.js';
import type { BudgetResult } from '../results/budget.js';
import type { Change } from '../results/comparison.js';
import { summariesOf } from '../results/way-summary.js';

/** What a terminal shows of a run: ratios first, then races, then budgets. */
export function summaryLines(
  result: BenchmarkResult,
  budgets: readonly BudgetResult[],
  changes: readonly Change[] | null,
): string[] {
  const { mode, stores, scenarios, races } = result;
  return [
    ...stores.flatMap(({ product, skipped }) =>
      skipped ? [`${product} was not measured: ${skipped}`] : [],
    ),
    ...scenarios.flatMap(scenarioLines),
    ...raceLines(races),
    ...changeLines(changes ?? []),
    ...budgetLines(budgets, mode === 'full'),
  ];
}

function scenarioLines(scenario: ScenarioResult): string[] {
  const { name, product, unit, failure } = scenario;
  const head = `\n${product === 'redis' ? name : `${name} on ${product}`}`;
  if (failure !== null) return [head, `  ended early: ${failure}`];
  return [
    head,
    ...summariesOf(scenario).map(({ name: way, at, ratio, value, cpu, failure: reason }) => {
      const label = `  ${way}${at === null ? '' : ` · ${at}`}`.padEnd(34);
      if (!value) return `${label}${reason}`;
      const compared = (ratio ? times(ratio.median) : '').padStart(9);
      const ofCpu = cpu ? `, CPU ${shortNumber(cpu.median)}` : '';
      return `${label}${compared} ${shortNumber(value.median).padStart(9)} ${unit}${ofCpu}`;
    }),
  ];
}

function raceLines(races: BenchmarkResult['races']): string[] {
  const peers = [...new Set(races.map(({ peer }) => peer))];
  const of = (peer: string): string =>
    races
      .filter((one) => one.peer === peer)
      .map(({ race, verdict }) => `${race} ${verdict}`)
      .join(', ');
  return races.length === 0
    ? []
    : ['\nraces', ...peers.map((peer) => `  ${peer.padEnd(20)} ${of(peer)}`)];
}

function changeLines(changes: readonly Change[]): string[] {
  const beyond = changes.filter(({ isBeyondSpread }) => isBeyondSpread);
  if (changes.length === 0) return [];
  const lines = beyond.map(({ scenario, way, at, factor }) => {
    return `  ${scenario} · ${way}${at === null ? '' : ` · ${at}`}: ${times(factor)} as good`;
  });
  return ['\nsince the older run, beyond the spread', ...(lines.length ? lines : ['  nothing'])];
}

function budgetLines(budgets: readonly BudgetResult[], isWhole: boolean): string[] {
  if (budgets.length === 0) return [];
  return [
    `\nbudgets${isWhole ? '' : ', at a first look: in short rounds, code that V8 has not compiled yet counts'}`,
    ...budgets.map(({ name, text, measured, isHeld }) => {
      const number = measured === null ? 'not measured' : shortNumber(measured);
      return `  ${isHeld ? '✔' : '✖ falls short:'} ${name}: ${number} (${text})`;
    }),
  ];
}
