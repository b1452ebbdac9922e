import type {
  BenchmarkResult,
  ScenarioResult,
  WayResult,
} from '../src/results/benchmark-result.js';

/** A way as it would have been measured. */
export function madeWay(name: string, values: readonly number[], at?: number | string): WayResult {
  return {
    name,
    at: at ?? null,
    samples: values.map((value) => ({ value, cpu: value / 2 })),
    failure: null,
  };
}

export function madeScenario(
  name: string,
  ways: readonly WayResult[],
  more: Partial<ScenarioResult> = {},
): ScenarioResult {
  return {
    name,
    product: 'redis',
    title: `What ${name} does.`,
    unit: 'us',
    isMoreBetter: false,
    reference: 'bare',
    axis: null,
    seconds: 1,
    ways,
    failure: null,
    ...more,
  };
}

export function madeRun(
  scenarios: readonly ScenarioResult[],
  more: Partial<BenchmarkResult> = {},
): BenchmarkResult {
  return {
    format: 1,
    mode: 'tiny',
    startedAt: '2026-01-02T03:04:05.678Z',
    seconds: 7,
    commit: 'abcdef012345',
    isDirty: false,
    environment: {
      node: 'v20.0.0',
      os: 'linux',
      cpu: 'two of them',
      cores: 2,
      memoryGb: 8,
      loadAtStart: 0.1,
    },
    versions: { bare: '1.2.3' },
    stores: [
      { product: 'redis', version: '7.0.15', skipped: null },
      { product: 'dragonfly', version: null, skipped: 'there is none' },
    ],
    scenarios,
    races: [],
    ...more,
  };
}
