import { CACHE_DEFAULTS, CacheError, isProtected, resolveOptions } from '@vitalcache/core';

import type { CacheDecoratorOptions } from './cache-decorator.options.js';

/**
 * Checks the options of `@Cache()` and its like: their own, those of the cache, and both together.
 * @throws CacheError `OPTION_INVALID`, `TAG_INVALID`
 */
export function assertDecoratorOptions({
  cache: _cache,
  key,
  keyTemplate,
  public: isPublic,
  varyBy,
  ...ofTheCache
}: CacheDecoratorOptions): void {
  const fail = (message: string): never => {
    throw new CacheError('OPTION_INVALID', message);
  };
  if (key !== undefined && keyTemplate !== undefined) {
    fail('key and keyTemplate both make the key; accepted: one of them.');
  }
  if (key !== undefined && typeof key !== 'function')
    fail('key must be a function of the arguments.');
  if (keyTemplate !== undefined && typeof keyTemplate !== 'string')
    fail('keyTemplate must be a string.');
  if (isPublic !== undefined && typeof isPublic !== 'boolean')
    fail('public must be true or false.');
  if (varyBy !== undefined && typeof varyBy !== 'function' && !isHeaderList(varyBy)) {
    fail('varyBy must be a function of the request, or a list of header names that is not empty.');
  }
  if (isProtected(resolveOptions(ofTheCache, CACHE_DEFAULTS)) && isPublic) {
    fail(
      'public says that everybody may see it, and the other options that it is protected; accepted: one of both.',
    );
  }
}

function isHeaderList(names: unknown): boolean {
  const isName = (name: unknown): boolean =>
    typeof name === 'string' && /^[!#$%&'*+\-.^_`|~\w]+$/.test(name);
  return Array.isArray(names) && names.length > 0 && names.every(isName);
}
