import { withNearest } from '../config/nearest-name.js';
import { CacheError } from '../errors/cache.error.js';
import { kind } from './option-checks.js';

/** The compiler sees to it that the names are complete. */
export type OptionNames<T extends object> = Readonly<Record<keyof T, true>>;

/**
 * Refuses options that there are none of: they would be passed over in silence.
 * @param of what has the options, for the message; of the options only names are repeated
 * @param names an object that has them all, such as that of their defaults
 * @param code `OPTION_INVALID` for those of a call
 * @throws CacheError of the code, naming them, what was probably meant, and what is accepted
 */
export function assertOptionNames<T extends object>(
  of: string,
  options: T,
  names: Readonly<Record<keyof T, unknown>>,
  code: 'CONFIG_INVALID' | 'OPTION_INVALID' = 'CONFIG_INVALID',
): void {
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new CacheError(code, `${of} takes an object of options; got ${kind(options)}.`);
  }
  const accepted = Object.keys(names);
  const unknown = Object.keys(options).filter((name) => !accepted.includes(name));
  if (unknown.length === 0) return;
  const named = unknown.map((name) => withNearest(name, accepted));
  throw new CacheError(code, `${of} has no ${named.join(', ')}; accepted: ${accepted.join(', ')}.`);
}
