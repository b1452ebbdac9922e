import { CacheError } from '../errors/cache.error.js';

/** @throws CacheError `OPTION_INVALID` */
export function refuse(message: string): never {
  throw new CacheError('OPTION_INVALID', message);
}

/** True, false, or `undefined` if it was not written. */
export function flag(name: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  return refuse(`${name} is ${shown(value)}; accepted: true or false.`);
}

export function choice<T extends string>(
  name: string,
  value: unknown,
  accepted: readonly T[],
): T | undefined {
  if (value === undefined || accepted.includes(value as T)) return value as T | undefined;
  return refuse(`${name} is ${shown(value)}; accepted: ${accepted.join(', ')}.`);
}

/** A number, fractions allowed. */
export function numberWithin(
  name: string,
  value: unknown,
  min: number,
  max: number,
): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && value >= min && value <= max) return value;
  return refuse(`${name} is ${shown(value)}; accepted: a number from ${min} to ${max}.`);
}

/** Text of a bounded length; it is never repeated in the message, because it may name somebody. */
export function textUpTo(name: string, value: unknown, maxLength: number): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value.length > 0 && value.length <= maxLength) return value;
  const given = typeof value === 'string' ? `${value.length} characters` : kind(value);
  return refuse(`${name} is ${given}; accepted: text of 1 to ${maxLength} characters.`);
}

/** What an option was, for a message: numbers and short words as they are, anything else by its kind. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return kind(value);
}

export function kind(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
}
