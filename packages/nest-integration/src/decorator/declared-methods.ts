import { CacheError } from '@vitalcache/core';

import type { DecoratedMethod } from './decorated-method.js';

const DECLARED = Symbol.for('@vitalcache/nest-integration/declared-methods');

/**
 * Notes on a class that one of its methods is decorated.
 * @throws CacheError `OPTION_INVALID` for a decorator that stands there twice, and for two that contradict each other
 */
export function declareMethod(method: DecoratedMethod): void {
  const { prototype, name, label, decorator } = method;
  const declared = ownMethodsOf(prototype);
  const others = declared.filter((one) => one.name === name);
  if (others.some((one) => one.decorator === decorator)) {
    throw new CacheError(
      'OPTION_INVALID',
      `${label} has ${decorator} twice; accepted: once a method.`,
    );
  }
  const all = [decorator, ...others.map((one) => one.decorator)];
  const other = all.find((one) => one !== '@Cache()');
  if (all.includes('@Cache()') && other !== undefined) {
    throw new CacheError(
      'OPTION_INVALID',
      `${label} has @Cache() and ${other}, but a hit of the first would not run the method; accepted: one of them.`,
    );
  }
  Reflect.defineMetadata(DECLARED, [...declared, method], prototype);
}

/** The decorated methods of a class and of those that it extends, overridden ones left out. */
export function declaredMethodsOf(type: {
  readonly prototype: object;
}): readonly DecoratedMethod[] {
  const found = new Map<string | symbol, readonly DecoratedMethod[]>();
  for (
    let prototype: object | null = type.prototype;
    prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype) as object | null
  ) {
    const declared = ownMethodsOf(prototype);
    for (const name of Reflect.ownKeys(prototype)) {
      if (!found.has(name))
        found.set(
          name,
          declared.filter((one) => one.name === name),
        );
    }
  }
  return [...found.values()].flat();
}

function ownMethodsOf(prototype: object): readonly DecoratedMethod[] {
  return (Reflect.getOwnMetadata(DECLARED, prototype) ?? []) as readonly DecoratedMethod[];
}
