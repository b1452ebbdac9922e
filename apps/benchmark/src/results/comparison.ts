import type { BenchmarkResult } from './benchmark-result.js';
import { summariesOf, type WaySummary } from './way-summary.js';

/** A way as it was and as it is. */
export interface Change {
  readonly scenario: string;
  readonly way: string;
  readonly at: number | string | null;
  /** How many times as good as before, by the ratio to the reference where there is one: machines differ. */
  readonly factor: number;
  readonly before: number;
  readonly after: number;
  /** Whether the middle halves of the samples lie apart: else it may be chance. */
  readonly isBeyondSpread: boolean;
}

/** What changed from an older run to this one; only what both measured. */
export function compareRuns(before: BenchmarkResult, after: BenchmarkResult): Change[] {
  return after.scenarios.flatMap((scenario) => {
    const old = before.scenarios.find(
      ({ name, product }) => name === scenario.name && product === scenario.product,
    );
    if (!old) return [];
    const olds = summariesOf(old);
    return summariesOf(scenario).flatMap((now) => {
      const was = olds.find(({ name, at }) => name === now.name && at === now.at);
      return was ? changeOf(scenario.name, was, now, scenario.isMoreBetter) : [];
    });
  });
}

function changeOf(
  scenario: string,
  was: WaySummary,
  now: WaySummary,
  isMoreBetter: boolean,
): Change[] {
  if (!was.value || !now.value) return [];
  const isReference = was.ratio?.low === 1 && was.ratio.high === 1;
  const byRatio = was.ratio && now.ratio && !isReference;
  const [old, own] = byRatio ? [was.ratio, now.ratio] : [was.value, now.value];
  if (!old || !own) return [];
  const isHigherBetter = byRatio || isMoreBetter;
  const factor = isHigherBetter ? own.median / old.median : old.median / own.median;
  const isBeyondSpread = own.low > old.high || own.high < old.low;
  const values = { before: old.median, after: own.median };
  return [{ scenario, way: now.name, at: now.at, factor, ...values, isBeyondSpread }];
}
