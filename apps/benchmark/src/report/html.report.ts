import type { BenchmarkResult } from '../results/benchmark-result.js';
import type { BudgetResult } from '../results/budget.js';
import type { Change } from '../results/comparison.js';
import { escapeHtml } from './chart.renderer.js';
import { shortNumber, times } from './number-format.js';
import { racesSection } from './races.section.js';
import { REPORT_STYLE } from './report.style.js';
import { scenarioSection } from './scenario.section.js';
import { table } from './table.js';

/** What a report is made of. */
export interface ReportParts {
  readonly result: BenchmarkResult;
  readonly budgets: readonly BudgetResult[];
  /** What changed since an older run; `null` if there is none. */
  readonly changes: readonly Change[] | null;
  /** Source of each peer's adapter, by name: how it was set up. */
  readonly adapters: Readonly<Record<string, string>>;
}

/** The report: one file that needs no other. */
export function htmlReport({ result, budgets, changes, adapters }: ReportParts): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Vitalcache benchmark ${escapeHtml(result.commit)}</title>
<style>${REPORT_STYLE}</style></head><body><main>
<h1>Vitalcache benchmark</h1>
<p class="muted">${escapeHtml(summaryOf(result))}</p>
<h2>Budgets</h2>${budgetsTable(budgets)}
${racesSection(result.races)}
${changes ? `<h2>Since the older run</h2>${changesTable(changes)}` : ''}
<h2>Scenarios</h2>
<p class="muted">Ratios are medians over rounds in which all took turns, each with the reference of the same round. CPU is
the time of the measuring process on a processor, which others on the machine disturb little.</p>
<div class="cards">${result.scenarios.map(scenarioSection).join('\n')}</div>
<h2>How the caches were set up</h2>${adaptersSection(result, adapters)}
<h2>Environment</h2>${environmentList(result)}
</main></body></html>
`;
}

function summaryOf({
  startedAt,
  mode,
  seconds,
  commit,
  isDirty,
  environment,
}: BenchmarkResult): string {
  const when = startedAt.slice(0, 16).replace('T', ' ');
  const changed = isDirty ? ' with changes' : '';
  return `${when} UTC · ${mode} run of ${seconds} s · commit ${commit}${changed} · Node ${environment.node} · ${environment.cores} cores`;
}

function budgetsTable(budgets: readonly BudgetResult[]): string {
  const rows = budgets.map(({ name, text, measured, isHeld }) => ({
    cells: [
      { text: name, kind: 'text' },
      { text: isHeld ? 'held' : 'falls short', kind: `mark ${isHeld ? 'good' : 'bad'}` },
      measured === null ? 'not measured' : shortNumber(measured),
      text,
    ],
  }));
  return table(['', '', 'measured', 'budget'], rows);
}

function changesTable(changes: readonly Change[]): string {
  const rows = changes.map(({ scenario, way, at, factor, before, after, isBeyondSpread }) => ({
    cells: [
      `${scenario} · ${way}${at === null ? '' : ` · ${at}`}`,
      {
        text: times(factor),
        kind: isBeyondSpread ? `mark ${factor >= 1 ? 'good' : 'bad'}` : '',
      },
      shortNumber(before),
      shortNumber(after),
      isBeyondSpread ? '' : 'within the spread',
    ],
  }));
  return table(['', 'as good', 'before', 'after', ''], rows);
}

function adaptersSection(
  { versions }: BenchmarkResult,
  adapters: Readonly<Record<string, string>>,
): string {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const sources = Object.entries(adapters).map(
    ([name, source]) =>
      `<details><summary>${escapeHtml(name)}</summary><pre>${escapeHtml(source)}</pre></details>`,
  );
  return `<p class="muted">${escapeHtml(list.join(' · '))}</p>${sources.join('\n')}`;
}

function environmentList({ environment, stores }: BenchmarkResult): string {
  const { node, os, cpu, cores, memoryGb, loadAtStart } = environment;
  const entries: [string, string][] = [
    ['Node', node],
    ['System', os],
    ['Processor', `${cpu}, ${cores} cores`],
    ['Memory', `${memoryGb} GiB`],
    ['Load at start', `${loadAtStart}`],
    ...stores.map(({ product, version, skipped }): [string, string] => [
      product,
      version ?? `not measured: ${skipped}`,
    ]),
  ];
  const items = entries.map(([name, text]) => `<dt>${name}</dt><dd>${escapeHtml(text)}</dd>`);
  return `<dl>${items.join('')}</dl>`;
}
