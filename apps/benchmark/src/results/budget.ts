import type { BenchmarkResult } from './benchmark-result.js';
import { summariesOf, type WaySummary } from './way-summary.js';

/** A bound that a run is held to. */
export interface Budget {
  readonly name: string;
  readonly bound: 'at least' | 'at most';
  readonly limit: number;
  readonly unit: string;
  /** The scenario that says it. */
  readonly scenario: string;
  /** What is held to the bound, from what is to be said of the scenario's ways; absent: it was not measured. */
  readonly measure: (ways: readonly WaySummary[]) => number | null | undefined;
}

export interface BudgetResult {
  readonly name: string;
  readonly text: string;
  readonly measured: number | null;
  readonly isHeld: boolean;
}

/** Holds a run to budgets. One that could not be measured is not held. */
export function checkBudgets(
  { scenarios }: Pick<BenchmarkResult, 'scenarios'>,
  budgets: readonly Budget[],
): BudgetResult[] {
  return budgets.map((budget) => {
    const { name, bound, limit, unit } = budget;
    const scenario = scenarios.find((one) => one.name === budget.scenario);
    const measured = (scenario && budget.measure(summariesOf(scenario))) ?? null;
    const isHeld =
      measured !== null && (bound === 'at least' ? measured >= limit : measured <= limit);
    return { name, text: `${bound} ${limit} ${unit}`.trim(), measured, isHeld };
  });
}
