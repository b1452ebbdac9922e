import { join } from 'node:path';

import { htmlReport } from '../report/html.report.js';
import type { BenchmarkResult } from '../results/benchmark-result.js';
import { checkBudgets, type BudgetResult } from '../results/budget.js';
import { BUDGETS } from '../results/budgets.js';
import { compareRuns } from '../results/comparison.js';
import { readAdapters, readRun, writeText } from '../results/run-files.js';
import { BenchmarkRunner } from '../running/benchmark.runner.js';
import { Progress } from '../running/progress.js';
import { openStores } from '../running/stores.js';
import type { BenchmarkCommand } from './benchmark.program.js';
import { summaryLines } from './summary-lines.js';

/** Runs what was asked for, writes its results and says what came of it. Resolves with the exit code. */
export async function runBenchmark(command: BenchmarkCommand): Promise<number> {
  const { plan, out, compare, isCheck } = command;
  const older = compare === null ? null : readRun(compare);
  const result = await measured(plan);
  const asked = new Set(plan.scenarios.map(({ name }) => name));
  const budgets = checkBudgets(
    result,
    BUDGETS.filter(({ scenario }) => asked.has(scenario)),
  );
  const changes = older === null ? null : compareRuns(older, result);
  const adapters = readAdapters(plan.peers.map(({ name }) => name));
  const name = `benchmark-${result.startedAt.replaceAll(/[:.]/g, '-')}`;
  const json = writeText(join(out, `${name}.json`), `${JSON.stringify(result, null, 1)}\n`);
  const html = htmlReport({ result, budgets, changes, adapters });
  const page = writeText(join(out, `${name}.html`), html);
  console.log(summaryLines(result, budgets, changes).join('\n'));
  console.log(`\n${json}\n${page}`);
  return exitCode(result, isCheck ? budgets : []);
}

async function measured(plan: BenchmarkCommand['plan']): Promise<BenchmarkResult> {
  const stores = await openStores();
  try {
    const runner = new BenchmarkRunner(plan, stores.open);
    const progress = new Progress(runner.steps);
    try {
      return await runner.run(progress, stores.results);
    } finally {
      progress.end();
    }
  } finally {
    for (const store of stores.open) await store.stop();
  }
}

/** What does not work is a failure of any run; what is slow, or loses a race, only of a check. */
function exitCode({ scenarios, races }: BenchmarkResult, budgets: readonly BudgetResult[]): number {
  const isBroken = scenarios.some(
    ({ failure, ways }) =>
      failure !== null || ways.some((way) => way.name === 'vitalcache' && way.failure !== null),
  );
  const isWrong = races.some(({ peer, verdict }) => peer === 'vitalcache' && verdict === 'fail');
  return isBroken || isWrong || budgets.some(({ isHeld }) => !isHeld) ? 1 : 0;
}
