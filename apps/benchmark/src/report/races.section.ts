import type { RaceResult, Verdict } from '../results/benchmark-result.js';
import { escapeHtml } from './chart.renderer.js';
import { table, type Cell } from './table.js';

const KINDS: Readonly<Record<Verdict, string>> = {
  pass: 'mark good',
  fail: 'mark bad',
  'n/a': 'muted',
  'not run': 'muted',
};

/** Who serves what is right: a row for each cache, a column for each question. */
export function racesSection(races: readonly RaceResult[]): string {
  if (races.length === 0) return '';
  const names = [...new Set(races.map(({ race }) => race))];
  const peers = [...new Set(races.map(({ peer }) => peer))];
  const rows = peers.map((peer) => ({
    cells: [peer, ...names.map((name) => cellOf(races, peer, name))],
    kind: peer === 'vitalcache' ? 'own' : '',
  }));
  const items = names.map((name) => {
    const title = races.find(({ race }) => race === name)?.title ?? '';
    return `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(title)}</dd>`;
  });
  return `<h2>Races</h2>${table(['', ...names], rows)}
<details><summary>What is done, and what was seen</summary><dl>${items.join('')}</dl>
${table(['cache', 'race', '', 'seen'], races.map(seenRow))}</details>`;
}

function cellOf(races: readonly RaceResult[], peer: string, name: string): Cell {
  const found = races.find((one) => one.peer === peer && one.race === name);
  if (!found) return '';
  return { text: found.verdict, kind: KINDS[found.verdict], hint: found.seen };
}

const seenRow = ({ peer, race, verdict, seen }: RaceResult) => ({
  cells: [
    peer,
    race,
    { text: verdict, kind: KINDS[verdict] },
    { text: seen, kind: 'text' },
  ] satisfies Cell[],
});
