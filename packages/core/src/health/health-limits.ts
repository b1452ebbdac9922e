import { CacheError } from '../errors/cache.error.js';
import { assertOptionNames } from '../options/assert-option-names.js';

/** Beyond these, health is no longer good. */
export interface HealthLimits {
  /** Share of the last minute's requests that the cache failed, 0 to 1. Default: 0.05. */
  readonly maxErrorRate: number;
  /** Share of the memory's bound that is used, 0 to 1. Default: 0.8. */
  readonly maxMemoryRatio: number;
  /** Share of the open connections that are busy, 0 to 1. Default: 0.9. */
  readonly maxPoolUtilization: number;
  /** How far this process may be behind the journal. Default: 1 000. */
  readonly maxLagMs: number;
  /** How long an invalidation may wait to be recorded; beyond it health is critical. Default: 30 000. */
  readonly maxQueuedMs: number;
}

const DEFAULTS: HealthLimits = {
  maxErrorRate: 0.05,
  maxMemoryRatio: 0.8,
  maxPoolUtilization: 0.9,
  maxLagMs: 1_000,
  maxQueuedMs: 30_000,
};

/** @throws CacheError `CONFIG_INVALID`, naming the limit and what it accepts */
export function resolveLimits(given: Partial<HealthLimits> = {}): HealthLimits {
  const names = Object.keys(DEFAULTS) as (keyof HealthLimits)[];
  assertOptionNames('healthLimits', given, DEFAULTS);
  return Object.fromEntries(
    names.map((name) => [name, checked(name, given[name] ?? DEFAULTS[name])]),
  ) as Record<keyof HealthLimits, number>;
}

function checked(name: keyof HealthLimits, value: number): number {
  const isTime = name.endsWith('Ms');
  if (value >= 0 && value <= (isTime ? Infinity : 1)) return value;
  const accepted = isTime ? 'milliseconds from 0 up' : 'a share from 0 to 1';
  throw new CacheError(
    'CONFIG_INVALID',
    `healthLimits.${name} is ${value}; accepted: ${accepted}.`,
  );
}
