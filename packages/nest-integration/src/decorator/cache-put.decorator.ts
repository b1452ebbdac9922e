import type { CachePutOptions } from './cache-put.options.js';
import { methodDecorator } from './decorate-method.js';
import { PuttingCall } from './putting-call.js';
import { PuttingMethod } from './putting-method.js';

/**
 * Calls a method of a provider or a controller every time, and puts what it returns into the cache, in place of what is
 * there; the method returns a promise from then on. What is invalidated between its beginning and its end covers what it
 * returns, which then is not stored. Inside `inTransaction` all of it waits for the commit. What can't be stored (also
 * `undefined`, and an Observable, once it has a value or ends) only makes invalid what is there.
 *
 * @example
 * \@CachePut({ keyTemplate: 'users:{result.id}', ttl: 300 })
 * async save(user: NewUser): Promise<User> { … }
 *
 * @throws CacheError when the class is defined: `OPTION_INVALID`, `KEY_INVALID`, `TAG_INVALID`, naming class, method
 * and what is accepted.
 */
export function CachePut(options: CachePutOptions): MethodDecorator {
  return methodDecorator('@CachePut()', (place) => {
    const method = new PuttingMethod(place, options);
    return { method, runner: new PuttingCall(method) };
  });
}
