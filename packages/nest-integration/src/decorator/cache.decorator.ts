import { Inject, Optional } from '@nestjs/common';
import { CacheError, CacheService } from '@vitalcache/core';

import type { CacheDecoratorOptions } from './cache-decorator.options.js';
import { CachedCall } from './cached-call.js';
import { CachedMethod, type Method } from './cached-method.js';
import { declareCachedMethod } from './cached-methods.js';
import { METHOD_CONTEXT_TOKEN, type MethodContext } from './method-context.js';

/** Property that Nest injects; its description is what Nest shows when it can't. */
export const INJECTED_SERVICE = Symbol.for(
  'CacheService, needed by @Cache(): add CacheModule to the imports of the application',
);
export const INJECTED_CONTEXT = Symbol.for('@vitalcache/nest-integration/method-context');

/** What Nest puts on an instance whose class has cached methods. */
export interface Injected {
  [INJECTED_SERVICE]?: CacheService;
  [INJECTED_CONTEXT]?: MethodContext;
}

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
  return (target, name, descriptor) => {
    const original = (descriptor as TypedPropertyDescriptor<unknown> | undefined)?.value;
    if (typeof target !== 'object' || typeof original !== 'function') {
      throw new CacheError(
        'OPTION_INVALID',
        `@Cache() belongs on a method of an instance, with experimentalDecorators; ${nameOf(target)} ${String(name ?? '')} is none.`,
      );
    }
    const method = new CachedMethod(target, name, original as Method, options);
    declareCachedMethod(method);
    Inject(CacheService)(target, INJECTED_SERVICE);
    Inject(METHOD_CONTEXT_TOKEN)(target, INJECTED_CONTEXT);
    Optional()(target, INJECTED_CONTEXT);
    descriptor.value = wrap(method, original as Method) as typeof descriptor.value;
  };
}

function wrap(method: CachedMethod, original: Method): Method {
  const calls = new CachedCall(method);
  function cached(this: Injected | undefined, ...args: unknown[]): unknown {
    const service = this?.[INJECTED_SERVICE];
    if (!this || !service) return original.apply(this, args);
    return calls.run(this, args, service, this[INJECTED_CONTEXT]);
  }
  Object.defineProperties(cached, {
    name: { value: original.name, configurable: true },
    length: { value: original.length, configurable: true },
  });
  for (const key of Reflect.getOwnMetadataKeys(original)) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), cached);
  }
  return cached as Method;
}

function nameOf(target: unknown): string {
  if (typeof target === 'function') return target.name;
  return typeof target === 'object' && target !== null ? target.constructor.name : typeof target;
}
