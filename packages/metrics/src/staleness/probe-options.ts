import { assertOptionNames, CacheError, type OptionNames } from '@vitalcache/core';

import { systemMetricsClock, type MetricsClock } from '../metrics-clock.js';

/** How a probe is set up. Everything has a default. */
export interface StalenessProbeOptions {
  /** Default: 1, for each process. */
  readonly maxProbesPerSecond?: number;
  /** Share of time, 0 to 1, that probes may take, their waiting for the store included. Default: 0.01. */
  readonly maxShare?: number;
  /** Share of time, 0 to 1, for which the event loop may be busy with other things; beyond it probes wait. Default: 0.9. */
  readonly maxLoopUtilization?: number;
  /** Reads that are held for being probed. Default: 256. */
  readonly sampleSize?: number;
  /** How long after an invalidation its key may be served without that being an alert, in milliseconds. Default: 5 000. */
  readonly maxLateMs?: number;
  /** How long the source may be ahead of the cache, in milliseconds: what an invalidation after a write takes. Default: 1 000. */
  readonly graceMs?: number;
  /** How long a check of the source may take, in milliseconds. Default: 1 000. */
  readonly checkTimeoutMs?: number;
  /**
   * Reads of a million, stale for longer than `maxLateMs` or other than the source says, beyond which the alert fires;
   * `false`: never. Default: 0.
   */
  readonly maxStalePerMillion?: number | false;
  readonly clock?: MetricsClock;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
  /** Share of time since the last call for which the event loop was busy. */
  readonly loopUtilization?: () => number;
}

export type ResolvedProbeOptions = Required<StalenessProbeOptions>;

const NUMBERS = {
  maxProbesPerSecond: { default: 1, min: 0.001, max: 1_000 },
  maxShare: { default: 0.01, min: 0.000_01, max: 1 },
  maxLoopUtilization: { default: 0.9, min: 0, max: 1 },
  sampleSize: { default: 256, min: 1, max: 65_536 },
  maxLateMs: { default: 5_000, min: 0, max: 3_600_000 },
  graceMs: { default: 1_000, min: 0, max: 3_600_000 },
  checkTimeoutMs: { default: 1_000, min: 1, max: 60_000 },
} as const;

const NAMES: OptionNames<StalenessProbeOptions> = {
  maxProbesPerSecond: true,
  maxShare: true,
  maxLoopUtilization: true,
  sampleSize: true,
  maxLateMs: true,
  graceMs: true,
  checkTimeoutMs: true,
  maxStalePerMillion: true,
  clock: true,
  random: true,
  loopUtilization: true,
};

/** @throws CacheError `CONFIG_INVALID` naming the option and what it accepts */
export function resolveProbeOptions(given: StalenessProbeOptions): ResolvedProbeOptions {
  assertOptionNames('StalenessProbe', given, NAMES);
  const names = Object.keys(NUMBERS) as (keyof typeof NUMBERS)[];
  const numbers = Object.fromEntries(names.map((name) => [name, numberOf(name, given[name])]));
  const { maxStalePerMillion = 0 } = given;
  if (maxStalePerMillion !== false && !(maxStalePerMillion >= 0 && maxStalePerMillion <= 1e6)) {
    refuse('maxStalePerMillion', maxStalePerMillion, 'a number from 0 to 1000000, or false');
  }
  return {
    ...(numbers as Record<keyof typeof NUMBERS, number>),
    maxStalePerMillion,
    clock: given.clock ?? systemMetricsClock,
    random: given.random ?? Math.random,
    loopUtilization: given.loopUtilization ?? utilizationSinceLast(),
  };
}

function numberOf(name: keyof typeof NUMBERS, given: number | undefined): number {
  const { default: fallback, min, max } = NUMBERS[name];
  const value = given ?? fallback;
  if (value >= min && value <= max) return value;
  return refuse(name, value, `a number from ${min} to ${max}`);
}

function refuse(name: string, value: unknown, accepted: string): never {
  throw new CacheError('CONFIG_INVALID', `${name} is ${String(value)}; accepted: ${accepted}.`);
}

function utilizationSinceLast(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}
