import {
  assertOptionNames,
  CacheError,
  systemClock,
  type CachePriority,
  type Clock,
  type OptionNames,
} from '@vitalcache/core';

import { EventLoopMeter } from './event-loop.meter.js';
import { DEFAULT_THRESHOLDS, type PressureThresholds } from './pressure.gauge.js';

/** How a {@link RefreshScheduler} bounds background work. */
export interface RefreshSchedulerOptions {
  /** Background loads that may run at once; 0: none at all. Default: 32. */
  readonly maxConcurrentRefreshes?: number;
  /** Background loads that may wait for their turn; 0: what can't start at once is dropped. Default: 1 000. */
  readonly maxQueuedRefreshes?: number;
  /** Background loads that may begin in a second, with as many at once after a pause. 0, the default: any number. */
  readonly refreshesPerSecond?: number;
  /** False: nothing is dropped because the process is busy, only by the bounds above. Default: true. */
  readonly isAdaptive?: boolean;
  readonly thresholds?: Partial<PressureThresholds>;
  /** Keys whose last decision is remembered for `explain`. Default: 1 000. */
  readonly maxExplained?: number;
  readonly clock?: Clock;
  /** Share of the time, 0 to 1, that the event loop was busy since the last call. Must not throw. */
  readonly utilization?: () => number;
}

export const SCHEDULER_OPTIONS: OptionNames<RefreshSchedulerOptions> = {
  maxConcurrentRefreshes: true,
  maxQueuedRefreshes: true,
  refreshesPerSecond: true,
  isAdaptive: true,
  thresholds: true,
  maxExplained: true,
  clock: true,
  utilization: true,
};
const THRESHOLDS: OptionNames<PressureThresholds> = { utilization: true, queueAgeMs: true };

/** {@link RefreshSchedulerOptions}, complete and checked. */
export type SchedulerSettings = Required<Omit<RefreshSchedulerOptions, 'thresholds'>> & {
  readonly thresholds: PressureThresholds;
};

/** How much of the concurrency a priority may fill, so that a burst of the lower never blocks the higher. */
const SHARE: Readonly<Record<CachePriority, number>> = {
  low: 0.5,
  normal: 0.75,
  high: 0.9,
  critical: 1,
};

/** How many may run at once before work of this priority has to wait. */
export function concurrencyOf(priority: CachePriority, maxConcurrent: number): number {
  return Math.ceil(maxConcurrent * SHARE[priority]);
}

/** @throws CacheError `CONFIG_INVALID` naming the option */
export function resolveScheduler(options: RefreshSchedulerOptions): SchedulerSettings {
  assertOptionNames('RefreshScheduler', options, SCHEDULER_OPTIONS);
  if (options.thresholds) {
    assertOptionNames('thresholds', options.thresholds as PressureThresholds, THRESHOLDS);
  }
  const meter = new EventLoopMeter();
  const settings = {
    maxConcurrentRefreshes: whole('maxConcurrentRefreshes', options.maxConcurrentRefreshes ?? 32),
    maxQueuedRefreshes: whole('maxQueuedRefreshes', options.maxQueuedRefreshes ?? 1_000),
    refreshesPerSecond: options.refreshesPerSecond ?? 0,
    isAdaptive: options.isAdaptive ?? true,
    thresholds: { ...DEFAULT_THRESHOLDS, ...options.thresholds },
    maxExplained: whole('maxExplained', options.maxExplained ?? 1_000, 1),
    clock: options.clock ?? systemClock,
    utilization: options.utilization ?? (() => meter.read()),
  };
  if (!(settings.refreshesPerSecond >= 0 && Number.isFinite(settings.refreshesPerSecond))) {
    fail('refreshesPerSecond', settings.refreshesPerSecond, 'a number from 0');
  }
  for (const name of ['utilization', 'queueAgeMs'] as const) {
    const [low, medium, high] = settings.thresholds[name];
    if (!(low > 0 && low <= medium && medium <= high)) {
      fail(`thresholds.${name}`, settings.thresholds[name], 'three rising numbers above 0');
    }
  }
  return settings;
}

function whole(name: string, value: number, min = 0): number {
  if (Number.isInteger(value) && value >= min) return value;
  return fail(name, value, `a whole number from ${min}`);
}

function fail(name: string, value: unknown, accepted: string): never {
  throw new CacheError('CONFIG_INVALID', `${name} is ${String(value)}; accepted: ${accepted}.`);
}
