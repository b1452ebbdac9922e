import { BUCKETS_S } from '../recording/latency-board.js';
import { AGE_BUCKETS_S } from '../staleness/staleness.counts.js';

/** All labels that there are, but for `cache`, which every signal has. Their values are words of the code or the configuration. */
export const SIGNAL_LABELS = [
  'operation',
  'template',
  'strategy',
  'tier',
  'outcome',
  'level',
  'data',
  'reason',
  'store',
  'alert',
] as const;

export type SignalLabel = (typeof SIGNAL_LABELS)[number];

export interface SignalSpec {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** `1` is none; `s` seconds, `By` bytes, as UCUM writes them. */
  readonly unit: '1' | 's' | 'By';
  readonly labels: readonly SignalLabel[];
  readonly help: string;
  /** Of a histogram: the upper bounds of its buckets, in its unit, ascending. What is beyond the last counts too. */
  readonly bounds?: readonly number[];
}

const counter = (help: string, ...labels: SignalLabel[]): SignalSpec => ({
  type: 'counter',
  unit: '1',
  labels,
  help,
});
const gauge = (
  help: string,
  unit: SignalSpec['unit'] = '1',
  ...labels: SignalLabel[]
): SignalSpec => ({
  type: 'gauge',
  unit,
  labels,
  help,
});

/**
 * Every signal, by its name as OpenTelemetry spells it, without the prefix `vitalcache.`. The table in docs/metrics.md says the
 * same, in Prometheus' spelling.
 */
export const SIGNALS = {
  operations: counter(
    'Operations; a batch counts once for each of its keys.',
    'operation',
    'template',
    'strategy',
    'tier',
    'outcome',
    'level',
  ),
  'operation.duration': {
    type: 'histogram',
    unit: 's',
    labels: ['operation', 'strategy', 'tier'],
    help: 'How long callers waited, loaders included; a batch counts once.',
    bounds: BUCKETS_S,
  },
  'data.reads': counter('Reads of healthcare data, hit or miss.', 'data', 'outcome'),
  loads: counter('Calls of loaders, for a read or for a refresh.', 'reason'),
  'loads.saved': counter('Reads answered without a call of their own loader.'),
  'stampedes.absorbed': counter(
    'Reads that joined a load of this process, or waited for that of another one.',
    'outcome',
  ),
  'lease.takeovers': counter('Loads begun after another process held the lease and left nothing.'),
  refreshes: counter('Background refreshes that ended.', 'outcome'),
  'refreshes.shed': counter('Background refreshes that were dropped, and why.', 'reason'),
  'refreshes.running': gauge('Background refreshes under way.'),
  'refreshes.queued': gauge('Background refreshes that wait.'),
  predictions: counter('Predictive warming, and reads that found what it had loaded.', 'outcome'),
  'prediction.gain.ratio': gauge('Share of the predicted loads that a read used.'),
  'journal.position': gauge("Stamp of the last record applied, by the store's clock.", 's'),
  'journal.lag': gauge('Between the newest record known of and the position.', 's'),
  'journal.link.age': gauge('Since this process last knew everything.', 's'),
  'journal.blind': gauge('1 while nothing is heard of invalidations.'),
  'journal.refused': gauge('1 while this process must not use the namespace.'),
  'journal.epoch.changes': counter('How often history was lost or replaced.'),
  'needless.misses': counter(
    'Misses although nothing may have covered the entry; an estimate.',
    'reason',
  ),
  'invalidations.queued': gauge('Invalidations that wait to be recorded.'),
  'invalidations.queued.age': gauge('How long the oldest of them has waited.', 's'),
  l1: gauge("What the entries of the process's own tier take.", 'By'),
  'l1.entries': gauge("Entries in the process's own tier."),
  'l1.evictions': counter('Entries dropped to make room.'),
  enabled: gauge('1 while the cache is switched on.'),
  'store.up': gauge('1 while the store answers.'),
  'store.memory': gauge(
    'Memory used by the store, or by this process for a store inside it.',
    'By',
  ),
  'store.memory.limit': gauge('The bound on that; absent if there is none.', 'By'),
  'pool.busy': gauge('Connections in use.'),
  'pool.open': gauge('Connections open.'),
  'breaker.state': gauge('0 closed, 1 half-open, 2 open.', '1', 'store'),
  faults: counter('What went wrong without a caller being told, by kind.', 'reason'),
  'fault.errors': counter('Errors behind the faults, by class.', 'reason'),
  'seal.failures': counter('Sealed entries that could not be opened.'),
  'staleness.probes': counter('Reads from the cache that were looked at again.', 'outcome'),
  'staleness.checks': counter('Those of them that were compared with the source.', 'outcome'),
  'staleness.per_million': gauge(
    'Reads of a million that got something invalid, or other than the source has; of ten minutes.',
    '1',
    'reason',
  ),
  'staleness.served.age': {
    type: 'histogram',
    unit: 's',
    labels: [],
    help: 'How old what was served from the cache was.',
    bounds: AGE_BUCKETS_S,
  },
  'event_loop.delay.p99': gauge('99th percentile since about the reading before.', 's'),
  'event_loop.delay.max': gauge('Longest since about the reading before.', 's'),
  'health.status': gauge('0 healthy, 1 warning, 2 critical.'),
  'alert.firing': gauge('1 while the alert fires.', '1', 'alert'),
} as const satisfies Readonly<Record<string, SignalSpec>>;

export type SignalName = keyof typeof SIGNALS;

const SUFFIXES = { '1': '', s: '_seconds', By: '_bytes' } as const;

/** `journal.lag` → `vitalcache.journal.lag` */
export function openTelemetryName(name: SignalName): string {
  return `vitalcache.${name}`;
}

/** `journal.lag` → `vitalcache_journal_lag_seconds`; a counter ends in `_total`. */
export function prometheusName(name: SignalName): string {
  const { unit, type } = SIGNALS[name];
  const base = `vitalcache_${name.replaceAll('.', '_')}${SUFFIXES[unit]}`;
  return type === 'counter' ? `${base}_total` : base;
}
