import { duration, el, span } from './dom.js';

const FLOOR_MS = 0.5;
const TICKS_MS = [1, 10, 100, 1000, 10_000];

/** Draws the last reads as bars on a logarithmic scale. */
export function drawTimeline(target, entries) {
  const slowest = Math.max(300, ...entries.map(({ ms }) => ms));
  const height = (ms) =>
    `${(100 * Math.log(Math.max(ms, FLOOR_MS * 1.3) / FLOOR_MS)) / Math.log(slowest / FLOOR_MS)}%`;
  const ticks = TICKS_MS.filter((ms) => ms <= slowest);
  target.replaceChildren(
    el(
      'div.axis',
      { 'aria-hidden': 'true' },
      ticks.map((ms) => el('span', { '--at': height(ms) }, tickText(ms))),
    ),
    el(
      'ol.bars',
      { 'aria-label': summary(entries) },
      ticks.map((ms) => el('li.line', { '--at': height(ms), 'aria-hidden': 'true' })),
      entries.map((entry) => bar(entry, height(entry.ms))),
    ),
  );
}

function bar(entry, height) {
  if (entry.what === 'write') {
    return el(
      'li.write',
      { title: describe(entry) },
      el('i.mark.write'),
      el('b', {}, describe(entry)),
    );
  }
  return el(
    `li.${entry.outcome}`,
    { '--height': height, title: describe(entry) },
    el('span.bar', {}, el(`i.mark.${entry.outcome}`)),
    el('b', {}, describe(entry)),
  );
}

function describe({ what, ms, outcome, age, version }) {
  if (what === 'write') return `write${version ? ` of v${version}` : ''}, ${duration(ms)}`;
  return [
    `${what}: ${outcome}`,
    duration(ms),
    age ? `${span(age)} old` : '',
    version ? `v${version}` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

function tickText(ms) {
  return ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`;
}

function summary(entries) {
  const reads = entries.filter(({ what }) => what !== 'write');
  const count = (outcome) => reads.filter((read) => read.outcome === outcome).length;
  return `${reads.length} reads: ${count('hit')} hits, ${count('stale')} stale, ${count('miss')} misses`;
}

/** The same as a table, the latest first. */
export function drawTable(target, entries) {
  const row = (cells, tag) =>
    el(
      'tr',
      {},
      cells.map((cell) => el(tag, {}, cell)),
    );
  const head = ['What', 'Outcome', 'Latency', 'Age', 'Version'];
  const cells = ({ what, ms, outcome, age, version }) => [
    what,
    outcome ?? '–',
    duration(ms),
    age === null || age === undefined ? '–' : span(age),
    version ? `v${version}` : '–',
  ];
  const rows = [...entries].reverse().map((entry) => row(cells(entry), 'td'));
  target.replaceChildren(el('table', {}, el('thead', {}, row(head, 'th')), el('tbody', {}, rows)));
}
