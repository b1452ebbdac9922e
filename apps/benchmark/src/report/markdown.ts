import type { BenchmarkResult } from '../results/benchmark-result.js';

const BEGIN = '<!-- measured: written by npm run sizing -- --write -->';
const END = '<!-- /measured -->';

/** A page with what was measured in its place. @throws Error if it has none */
export function pageWith(page: string, measured: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`The page needs "${BEGIN}" and "${END}".`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${measured}\n\n${page.slice(end)}`;
}

/** As Prettier writes it. @param rows as long as `heads` */
export function markdownTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const all = [heads, ...rows];
  const widths = heads.map((_, at) => Math.max(3, ...all.map((row) => (row[at] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 3)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return [line(heads), rule, ...rows.map(line)].join('\n');
}

/** Which run a page tells of, in a sentence. */
export const measuredBy = (run: BenchmarkResult): string =>
  `Measured by a ${run.mode} run at commit ${run.commit} on ${machineOf(run)}.`;

function machineOf({ environment, stores }: BenchmarkResult): string {
  const { cpu, cores, node, loadAtStart } = environment;
  const redis = stores.find(({ product }) => product === 'redis')?.version ?? 'unknown';
  const isIdle = loadAtStart < cores / 2;
  const load = isIdle ? 'idle' : `busy with other work (load ${loadAtStart}): a first look`;
  return `${cores} cores (${cpu}), ${load}; Node ${node}, Redis ${redis}`;
}
