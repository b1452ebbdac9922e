import type { Duration } from './cache-options.js';
import { refuse, shown } from './option-checks.js';

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** A year: longer is a mistake of units. */
export const MAX_MS = 366 * UNIT_MS.d;

/**
 * Milliseconds of a duration: a number of seconds, or a number with one of the units ms, s, m, h, d.
 * @throws CacheError `OPTION_INVALID`
 */
export function durationMs(option: string, value: Duration): number {
  const ms = typeof value === 'number' ? value * UNIT_MS.s : parse(value);
  if (ms >= 0 && ms <= MAX_MS) return Math.round(ms);
  return refuse(
    `${option} is ${shown(value)}; accepted: seconds from 0 to ${MAX_MS / 1000}, or a duration such as '90s', '5m', '2h', '1d'.`,
  );
}

/** NaN for what is no duration. */
function parse(value: unknown): number {
  if (typeof value !== 'string') return NaN;
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(value) ?? [];
  return Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
}
