import type { CacheDecoratorOptions } from './cache-decorator.options.js';
import { CachedCall } from './cached-call.js';
import { CachedMethod } from './cached-method.js';
import { methodDecorator } from './decorate-method.js';

/**
 * Caches what a method of a provider or a controller returns; the method returns a promise from then on. Guards, pipes
 * and interceptors still run for every request. An object that was not built by Nest calls the method itself.
 *
 * Handlers of HTTP requests share nothing between requests with credentials unless `varyBy` or `public` says how.
 *
 * @throws CacheError when the class is defined: `OPTION_INVALID`, `KEY_INVALID`, `TAG_INVALID`, naming class, method
 * and what is accepted.
 */
export function Cache(options: CacheDecoratorOptions = {}): MethodDecorator {
  return methodDecorator('@Cache()', (place) => {
    const method = new CachedMethod(place, options);
    return { method, runner: new CachedCall(method) };
  });
}
