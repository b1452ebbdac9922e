import { CacheError, VARIANT_SEPARATOR } from '@vitalcache/core';

/** From when to when; both ends belong to it. */
export interface TimeRange {
  readonly start: Date;
  readonly end: Date;
}

const DAY_MS = 86_400_000;

/**
 * The key of data of which a call wants only some parts, which are covered through the key itself.
 * @param parts by their names; absent is as false
 */
export function keyOfParts(
  key: string,
  parts: Readonly<Record<string, boolean | undefined>>,
  timeRange?: TimeRange,
): string {
  let names = '';
  for (const name in parts) {
    const isWanted = parts[name];
    if (isWanted === undefined) continue;
    if (typeof isWanted !== 'boolean') {
      throw new CacheError(
        'OPTION_INVALID',
        `${name} must be true or false; got ${typeof isWanted}.`,
      );
    }
    if (isWanted) names += `+${name}`;
  }
  if (timeRange !== undefined) names += `+${daysOf(timeRange)}`;
  return names === '' ? key : `${key}${VARIANT_SEPARATOR}${names.slice(1)}`;
}

/**
 * Whole days in UTC that hold the range: a range up to now is the same all day.
 * @throws CacheError `OPTION_INVALID`
 */
function daysOf(range: TimeRange): string {
  const { start, end }: Partial<TimeRange> = range ?? {};
  const [from, to] = [timeOf('start', start), timeOf('end', end)];
  if (from > to) {
    throw new CacheError('OPTION_INVALID', 'timeRange.start must not be later than timeRange.end.');
  }
  const first = Math.floor(from / DAY_MS);
  const last = Math.max(first + 1, Math.ceil(to / DAY_MS));
  return `${dayOf(first)}..${dayOf(last)}`;
}

function timeOf(name: string, date: unknown): number {
  const ms = date instanceof Date ? date.getTime() : NaN;
  // The years that an ISO date has four digits for.
  if (ms >= -62_135_596_800_000 && ms < 253_402_214_400_000) return ms;
  throw new CacheError(
    'OPTION_INVALID',
    `timeRange.${name} must be a Date of the years 1 to 9999.`,
  );
}

function dayOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
