import { CacheError } from '../errors/cache.error.js';

/** @throws CacheError `OPTION_INVALID` */
export function assertLoader(load: unknown): void {
  if (typeof load === 'function') return;
  throw new CacheError('OPTION_INVALID', `The loader must be a function; got ${typeof load}.`);
}
