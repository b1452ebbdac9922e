import { isRead } from '../recording/measured-operation.js';
import { hitsAndMisses, type OperationCount } from '../recording/operation-counts.js';
import type { OperationRecorder } from '../recording/operation.recorder.js';
import type { SignalReading } from './signal-reading.js';

/** What was recorded of the operations, since start. */
export function addOperationSignals(
  reading: SignalReading,
  { counts, data, latency }: OperationRecorder,
): void {
  const rows = counts.all();
  for (const { count, ...labels } of rows) reading.add('operations', count, labels);
  reading.add('loads.saved', hitsAndMisses(rows).hits + joined(rows));
  for (const { data: kind, hits, misses } of data.all()) {
    reading.add('data.reads', hits, { data: kind, outcome: 'hit' });
    reading.add('data.reads', misses, { data: kind, outcome: 'miss' });
  }
  for (const { operation, strategy, tier, buckets, totalMs } of latency.all()) {
    let sum = 0;
    const cumulative = [...buckets].map((count) => (sum += count));
    const labels = { operation, strategy, tier };
    reading.addDistribution('operation.duration', { labels, cumulative, sum: totalMs / 1_000 });
  }
}

/** Reads that another caller's load answered: misses, and yet no call of a loader. */
function joined(rows: readonly OperationCount[]): number {
  return rows.reduce(
    (sum, { operation, outcome, count }) =>
      isRead(operation) && outcome === 'joined' ? sum + count : sum,
    0,
  );
}
