import type { ScenarioResult } from '../results/benchmark-result.js';
import { summariesOf, type WaySummary } from '../results/way-summary.js';
import { barChart } from './bar.chart.js';
import { escapeHtml } from './chart.renderer.js';
import { lineChart, type Line } from './line.chart.js';
import { shortNumber, times } from './number-format.js';
import { table, type Cell } from './table.js';

const OWN_NAME = 'vitalcache';
const isOwn = (name: string): boolean => name.startsWith(OWN_NAME);

/** A scenario: ratios as a chart, numbers beside it. */
export function scenarioSection(scenario: ScenarioResult): string {
  const { name, product, title, failure } = scenario;
  const summaries = summariesOf(scenario);
  const heading = product === 'redis' ? name : `${name} on ${product}`;
  return `<section class="card" id="${escapeHtml(heading.replaceAll(' ', '-'))}">
<h3>${escapeHtml(heading)}</h3><p>${escapeHtml(title)}</p>
${failure ? `<p class="bad">Ended early: ${escapeHtml(failure)}</p>` : ''}
${chartOf(scenario, summaries)}
${tableOf(scenario, summaries)}
</section>`;
}

function chartOf(scenario: ScenarioResult, summaries: readonly WaySummary[]): string {
  const { name, unit, axis } = scenario;
  const measured = summaries.filter(({ value }) => value !== null);
  if (measured.length === 0) return '';
  if (axis !== null) return lineChart(linesOf(measured), { x: axis, y: unit }, name);
  const bars = measured.flatMap(({ name: label, ratio }) =>
    ratio ? [{ label, spread: ratio, isOwn: isOwn(label) }] : [],
  );
  if (bars.length < 2) return '';
  const caption = `Times as good as ${scenario.reference}; whiskers: the middle half of the rounds.`;
  return `${barChart(bars, `${name}: ${caption}`)}<small>${escapeHtml(caption)}</small>`;
}

function linesOf(summaries: readonly WaySummary[]): Line[] {
  const names = [...new Set(summaries.map(({ name }) => name))];
  return names.map((label) => ({
    label,
    points: summaries
      .filter(({ name }) => name === label)
      .map(({ at, value }) => [at as number | string, value?.median ?? NaN] as const),
  }));
}

function tableOf({ unit, axis }: ScenarioResult, summaries: readonly WaySummary[]): string {
  const extras = [...new Set(summaries.flatMap(({ details }) => Object.keys(details)))];
  const hasCpu = summaries.some(({ cpu }) => cpu !== null);
  const heads = [
    '',
    ...(axis === null ? [] : [axis]),
    'ratio',
    ...(hasCpu ? ['of CPU'] : []),
    unit,
    'spread',
    ...(hasCpu ? [`CPU ${unit}`] : []),
    ...extras,
  ];
  const rows = summaries.map((summary) => {
    const { name, at, value, cpu, ratio, cpuRatio, details, failure } = summary;
    const place: Cell[] = axis === null ? [] : [typeof at === 'number' ? shortNumber(at) : `${at}`];
    if (!value) {
      const cells: Cell[] = [name, ...place, { text: failure ?? '', kind: 'text bad' }];
      return { cells };
    }
    const cells: Cell[] = [
      name,
      ...place,
      ratio ? times(ratio.median) : '',
      ...(hasCpu ? [cpuRatio === null ? '' : times(cpuRatio)] : []),
      shortNumber(value.median),
      `${shortNumber(value.low)} … ${shortNumber(value.high)}`,
      ...(hasCpu ? [cpu ? shortNumber(cpu.median) : ''] : []),
      ...extras.map((extra) => (extra in details ? shortNumber(details[extra] as number) : '')),
    ];
    return { cells, kind: isOwn(name) ? 'own' : '' };
  });
  return table(heads, rows);
}
