import { CacheError } from '../errors/cache.error.js';
import type { Duration } from './cache-options.js';

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** A year: longer is a mistake of units. */
const MAX_MS = 366 * UNIT_MS.d;

/**
 * Milliseconds of a duration: a number of seconds, or a number with one of the units ms, s, m, h, d.
 * @throws CacheError `OPTION_INVALID`
 */
export function durationMs(option: string, value: Duration): number {
  const ms = typeof value === 'number' ? value * UNIT_MS.s : parse(String(value));
  if (ms >= 0 && ms <= MAX_MS) return Math.round(ms);
  throw new CacheError(
    'OPTION_INVALID',
    `${option} is ${typeof value === 'string' ? JSON.stringify(value) : String(value)}; accepted: seconds from 0 to ${MAX_MS / 1000}, or a duration such as '90s', '5m', '2h', '1d'.`,
  );
}

function parse(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  return Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
}
