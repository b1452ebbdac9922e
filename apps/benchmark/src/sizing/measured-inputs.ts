import type { BenchmarkResult } from '../results/benchmark-result.js';
import { summariesOf, type WaySummary } from '../results/way-summary.js';

/** What a sizing starts from: numbers that a run measured. */
export interface MeasuredInputs {
  /** Of the process on a processor, in microseconds. */
  readonly ownHitUs: number;
  readonly sharedHitUs: number;
  readonly missUs: number;
  /** Microseconds of the store's processor for a read, of which those of a tick share a question. */
  readonly storeReadUs: number;
  /** Bytes of an entry beside its value: in the store, with its key and tags; in the own memory. */
  readonly storeOverheadBytes: number;
  readonly ownOverheadBytes: number;
  /** Microseconds of the store's processor for each record of the journal, and for each process that follows it. */
  readonly recordUs: number;
  readonly recordUsPerProcess: number;
}

const OWN = 'vitalcache';
const BYTES = 'bytes an entry in the store';
const JSON_BYTES = 'of them its JSON';

/** The scenarios that a sizing needs. */
export const SIZING_SCENARIOS: readonly string[] = [
  'l1-hit',
  'l2-hit-64',
  'cold-miss',
  'memory-per-entry',
  'scale',
  'journal-fan-out',
];

/** @throws Error that names what the run did not measure */
export function measuredInputs({ scenarios }: BenchmarkResult): MeasuredInputs {
  const ways = (name: string): WaySummary[] => {
    const scenario = scenarios.find((one) => one.name === name);
    const measured = scenario ? summariesOf(scenario).filter(({ value }) => value !== null) : [];
    if (measured.length > 0) return measured;
    throw new Error(`The run measured no ${name}: run ${SIZING_SCENARIOS.join(', ')}.`);
  };
  const own = (name: string): WaySummary => {
    const found = ways(name).find((way) => way.name === OWN);
    if (!found) throw new Error(`The run measured no ${name} of ${OWN}.`);
    return found;
  };
  const cpu = (way: WaySummary): number => way.cpu?.median ?? NaN;
  const shared = own('l2-hit-64');
  const largest = ways('scale').at(-1)?.details ?? {};
  return {
    ownHitUs: cpu(own('l1-hit')) / 1_000,
    sharedHitUs: cpu(shared),
    missUs: cpu(own('cold-miss')),
    storeReadUs: shared.details['store us'] ?? NaN,
    storeOverheadBytes: (largest[BYTES] ?? NaN) - (largest[JSON_BYTES] ?? NaN),
    ownOverheadBytes: own('memory-per-entry').value?.median ?? NaN,
    ...fanOut(ways('journal-fan-out')),
  };
}

/** A line through the cheapest and the dearest: what a record costs by itself, and for each process. */
function fanOut(
  ways: readonly WaySummary[],
): Pick<MeasuredInputs, 'recordUs' | 'recordUsPerProcess'> {
  const points = ways.map(({ at, value }) => [Number(at), value?.median ?? NaN] as const);
  const [few, many] = [points[0], points.at(-1)];
  if (!few || !many || few[0] === many[0])
    return { recordUs: few?.[1] ?? NaN, recordUsPerProcess: 0 };
  const slope = Math.max(0, (many[1] - few[1]) / (many[0] - few[0]));
  return { recordUs: Math.max(0, few[1] - slope * few[0]), recordUsPerProcess: slope };
}
