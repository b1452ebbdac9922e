import {
  checkHistory,
  type HistoryFindings,
  type HistoryViolation,
  type IgnoranceWindows,
} from './history.checker.js';
import type { HistoryEvent, TroubleEvent } from './history-event.js';

const MS = 1_000_000;

/** How a set of durations is spread, in milliseconds; zeros where there is none. */
export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** A history in numbers, with all that was wrong in it. */
export interface HistorySummary extends Omit<HistoryFindings, 'lagsMs'> {
  readonly readMs: Spread;
  readonly invalidationMs: Spread;
  /** Of eventual reads that were behind another process, which the windows allow. */
  readonly lagMs: Spread;
  /** Reads by outcome; `unknown` where the call does not tell. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly recorded: number;
  readonly queued: number;
  readonly troubles: readonly TroubleEvent[];
}

export function summarize(
  history: readonly HistoryEvent[],
  windows: IgnoranceWindows,
): HistorySummary {
  const { violations, lagsMs } = checkHistory(history, windows);
  const outcomes: Record<string, number> = {};
  const readMs: number[] = [];
  const invalidationMs: number[] = [];
  const troubles: TroubleEvent[] = [];
  let recorded = 0;
  for (const event of history) {
    if (event.type === 'trouble') {
      troubles.push(event);
      continue;
    }
    const ms = (event.endedAtNs - event.startedAtNs) / MS;
    if (event.type === 'invalidation') {
      invalidationMs.push(ms);
      recorded += Number(event.recorded);
      continue;
    }
    readMs.push(ms);
    const outcome = event.type === 'empty' ? 'nothing' : (event.outcome ?? 'unknown');
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return {
    violations,
    troubles,
    outcomes,
    recorded,
    queued: invalidationMs.length - recorded,
    readMs: spreadOf(readMs),
    invalidationMs: spreadOf(invalidationMs),
    lagMs: spreadOf(lagsMs),
  };
}

/** Nearest rank. */
export function spreadOf(durations: readonly number[]): Spread {
  const sorted = Float64Array.from(durations).sort();
  const rank = (share: number): number => {
    const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    return Math.round(found * 1_000) / 1_000;
  };
  return { count: sorted.length, p50: rank(0.5), p99: rank(0.99), max: rank(1) };
}

/** One line for people: both events, in milliseconds since `originNs`. */
export function describeViolation(
  { rule, read, invalidation, lateMs }: HistoryViolation,
  originNs = 0,
): string {
  const at = (ns: number): string => `${((ns - originNs) / MS).toFixed(3)}`;
  const { value, outcome = 'unknown', tier } = read;
  const seen =
    `${rule}: the ${read.how} read of ${read.key} in worker ${read.worker}, from ${at(read.startedAtNs)} to ` +
    `${at(read.endedAtNs)} (${outcome}, ${tier === undefined ? 'tier unknown' : (tier ?? 'no tier')}` +
    `${read.after === undefined ? '' : `, after ${read.after}`}), gave what was looked up for ${value.key} at ` +
    at(value.lookedAtNs);
  if (!invalidation) return seen;
  const { id, worker, covers, writtenAtNs, startedAtNs, endedAtNs, recorded } = invalidation;
  return (
    `${seen}; written at ${at(writtenAtNs)} and invalidated as ${id} by worker ${worker} (${JSON.stringify(covers)}) ` +
    `from ${at(startedAtNs)} to ${at(endedAtNs)} (${recorded ? 'recorded' : 'queued'}), ${lateMs.toFixed(3)} ms before`
  );
}
