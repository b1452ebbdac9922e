import { CacheError } from '@vitalcache/core';

import type { CachedMethod } from './cached-method.js';

const DECLARED = Symbol.for('@vitalcache/nest-integration/cached-methods');

/**
 * Notes on a class that it has a cached method.
 * @throws CacheError `OPTION_INVALID` for a method that has been declared before
 */
export function declareCachedMethod(method: CachedMethod): void {
  const { prototype, name, label } = method;
  const declared = ownMethodsOf(prototype);
  if (declared.some((one) => one.name === name)) {
    throw new CacheError('OPTION_INVALID', `${label} has @Cache() twice; accepted: once a method.`);
  }
  Reflect.defineMetadata(DECLARED, [...declared, method], prototype);
}

/** The cached methods of a class and of those that it extends, overridden ones left out. */
export function cachedMethodsOf(type: { readonly prototype: object }): readonly CachedMethod[] {
  const found = new Map<string | symbol, CachedMethod | null>();
  for (
    let prototype: object | null = type.prototype;
    prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype) as object | null
  ) {
    const declared = ownMethodsOf(prototype);
    for (const name of Reflect.ownKeys(prototype)) {
      if (!found.has(name)) found.set(name, declared.find((one) => one.name === name) ?? null);
    }
  }
  return [...found.values()].filter((method) => method !== null);
}

function ownMethodsOf(prototype: object): readonly CachedMethod[] {
  return (Reflect.getOwnMetadata(DECLARED, prototype) ?? []) as readonly CachedMethod[];
}
