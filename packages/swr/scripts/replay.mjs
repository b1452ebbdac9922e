// npm run replay -w @vitalcache/swr [seed], after `npm run build`.
// Replays two synthetic traces of a clinic with and without prediction, and prints what it was worth.
import { CLINIC_TEMPLATES, randomTrace, TraceReplayer, wardRoundTrace } from '../dist/index.js';

const seed = Number(process.argv[2] ?? 1);
const replayer = new TraceReplayer({ targets: CLINIC_TEMPLATES });
const traces = { 'ward round': wardRoundTrace({ seed }), random: randomTrace({ seed }) };
const percent = (share) => `${(share * 100).toFixed(1)} %`;

const rows = Object.entries(traces).map(([name, trace]) => {
  const report = replayer.replay(trace);
  return [
    name,
    report.without.reads,
    percent(report.without.hitRatio),
    percent(report.with.hitRatio),
    report.without.loads,
    report.extraLoads,
    percent(report.extraLoadRatio),
    report.gainPerExtraLoad?.toFixed(1) ?? '-',
  ].map(String);
});
const head = [
  'trace',
  'reads',
  'hits without',
  'with',
  'loads without',
  'extra',
  'share',
  'hits per extra',
];
const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
for (const row of [head, ...rows]) {
  console.log(
    row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  '),
  );
}
