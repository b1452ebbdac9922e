import type { Type } from '@nestjs/common';
import { CacheError } from '@vitalcache/core';

import type { CachedMethod } from '../decorator/cached-method.js';
import type { DecoratedMethod } from '../decorator/decorated-method.js';

/**
 * What factories build differs, or one would do; keys don't tell instances apart.
 * @param known the instances seen so far, by class
 * @throws CacheError `OPTION_INVALID`
 */
export function assertAlone(
  instance: object,
  type: Type<object>,
  methods: readonly CachedMethod[],
  known: Map<Type<object>, object>,
): void {
  const other = known.get(type) ?? instance;
  known.set(type, instance);
  const method = methods.find(({ hasOwnKey }) => !hasOwnKey);
  if (other === instance || !method) return;
  throw new CacheError(
    'OPTION_INVALID',
    `${type.name} is built more than once by factories, and its instances could get each other's values: give @Cache() on ${method.label} a key function that names the instance (this).`,
  );
}

/**
 * @param types with their cached methods
 * @throws CacheError `OPTION_INVALID` for classes, or methods of a class, of one name that make default keys
 */
export function assertDistinctKeys(
  types: ReadonlyMap<Type<object>, readonly CachedMethod[]>,
): void {
  const byName = new Map<string, Type<object>>();
  for (const [type, methods] of types) {
    const own = methods.filter(({ hasDefaultKey }) => hasDefaultKey);
    const [method] = own;
    if (!method) continue;
    assertDistinctNames(type, own);
    if (byName.has(type.name)) {
      throw new CacheError(
        'OPTION_INVALID',
        `Two classes are called ${type.name} and have @Cache() without a key of its own, so that they could get each other's values: give ${String(method.name)} a keyTemplate, or rename one.`,
      );
    }
    byName.set(type.name, type);
  }
}

/** Symbols of one description are different names of methods, and look the same in a key. */
function assertDistinctNames(type: Type<object>, methods: readonly CachedMethod[]): void {
  const names = methods.map(({ name }) => String(name));
  if (new Set(names).size === names.length) return;
  throw new CacheError(
    'OPTION_INVALID',
    `Methods of ${type.name} are called the same and have @Cache() without a key of its own, so that they could get each other's values: give each a keyTemplate.`,
  );
}

/** What is wrong with an option that only a strategy gives a meaning. */
export function missingStrategy({ decorator, label }: DecoratedMethod, option: string): CacheError {
  return new CacheError(
    'FEATURE_MISSING',
    `${decorator} on ${label}: ${option} has no effect without a strategy; install @vitalcache/swr and pass strategies: [new SWRCacheStrategy()].`,
  );
}
