import type { CacheInvalidateOptions } from './cache-invalidate.options.js';
import { methodDecorator } from './decorate-method.js';
import { InvalidatingCall } from './invalidating-call.js';
import { InvalidatingMethod } from './invalidating-method.js';

/**
 * Makes cached values invalid when a method of a provider, a controller or a resolver has succeeded; the method returns a
 * promise from then on, which waits for it; of an Observable each value and the end wait for one. Inside `inTransaction` the
 * invalidation waits for the commit. When the store is not there it is queued, and the method succeeds, unless
 * `whenQueued: 'throw'`. A method that fails rejects with its own error, whatever becomes of `alsoOnError`.
 *
 * @example
 * \@CacheInvalidate({ keys: ['users:{id}'], tags: ['users'] })
 * async rename(id: string, name: string) { … }
 *
 * @throws CacheError when the class is defined: `OPTION_INVALID`, `KEY_INVALID`, `TAG_INVALID`, `PATTERN_INVALID`, naming
 * class, method and what is accepted.
 */
export function CacheInvalidate(options: CacheInvalidateOptions): MethodDecorator {
  return methodDecorator('@CacheInvalidate()', (place) => {
    const method = new InvalidatingMethod(place, options);
    return { method, runner: new InvalidatingCall(method) };
  });
}
