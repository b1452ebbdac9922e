import { ratioOf, spreadOf, type Spread } from '../measuring/statistics.js';
import type { ScenarioResult, WayResult } from './benchmark-result.js';

/** What is to be said of a way's samples. */
export interface WaySummary {
  readonly name: string;
  readonly at: number | string | null;
  readonly failure: string | null;
  /** In the scenario's unit; `null` if it failed. */
  readonly value: Spread | null;
  readonly cpu: Spread | null;
  /** How many times as good as the reference, of the same rounds: 2 is twice as fast. `null` without a reference. */
  readonly ratio: Spread | null;
  /** The same of processor time. */
  readonly cpuRatio: number | null;
  /** Medians of what else was counted. */
  readonly details: Readonly<Record<string, number>>;
}

/** What is to be said of each way of a scenario. */
export const summariesOf = (scenario: ScenarioResult): WaySummary[] =>
  scenario.ways.map((way) => summaryOf(scenario, way));

const valuesOf = ({ samples }: WayResult): number[] => samples.map(({ value }) => value);
const cpusOf = ({ samples }: WayResult): number[] =>
  samples.flatMap(({ cpu }) => (cpu === undefined ? [] : [cpu]));

function summaryOf(scenario: ScenarioResult, way: WayResult): WaySummary {
  const { name, at, failure, samples } = way;
  if (samples.length === 0) {
    const nothing = { value: null, cpu: null, ratio: null, cpuRatio: null, details: {} };
    return { name, at, failure: failure ?? 'nothing was measured', ...nothing };
  }
  const reference = referenceOf(scenario, way);
  const cpus = cpusOf(way);
  const hasCpus = reference && cpus.length > 0 && cpusOf(reference).length > 0;
  return {
    name,
    at,
    failure,
    value: spreadOf(valuesOf(way)),
    cpu: cpus.length > 0 ? spreadOf(cpus) : null,
    ratio: reference ? spreadOf(ratiosOf(scenario, way, reference)) : null,
    cpuRatio: hasCpus ? ratioOf(cpusOf(reference), cpus) : null,
    details: detailsOf(way),
  };
}

/** The way that another is compared with; `null` if that was not measured. */
export function referenceOf({ reference, ways }: ScenarioResult, way: WayResult): WayResult | null {
  const measured = ways.filter(({ samples }) => samples.length > 0);
  const same = measured.find(({ name, at }) => name === reference && at === way.at);
  return same ?? (way.at === null ? null : measured.find(({ name }) => name === way.name)) ?? null;
}

/** How many times as good a way was as another one, round by round. */
export function ratiosOf(
  { isMoreBetter }: ScenarioResult,
  way: WayResult,
  other: WayResult,
): number[] {
  const [own, others] = [valuesOf(way), valuesOf(other)];
  const rounds = Math.min(own.length, others.length);
  return own.slice(0, rounds).map((value, round) => {
    const ratio = value / (others[round] as number);
    return isMoreBetter ? ratio : 1 / ratio;
  });
}

function detailsOf({ samples }: WayResult): Record<string, number> {
  const names = new Set(samples.flatMap(({ details }) => Object.keys(details ?? {})));
  return Object.fromEntries(
    [...names].map((name) => {
      const values = samples.map(({ details }) => details?.[name] ?? NaN).filter(Number.isFinite);
      return [name, spreadOf(values).median];
    }),
  );
}
