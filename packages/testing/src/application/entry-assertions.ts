import assert from 'node:assert/strict';

import type { CacheService, Explanation } from '@vitalcache/core';

/** A cache, of whatever key factory. */
export type ExplainingCache = Pick<CacheService, 'explain' | 'settled'>;

/** That the next read of a key is a hit. @throws AssertionError that says what it would be instead */
export function assertFresh(cache: ExplainingCache, key: string): Promise<void> {
  return assertState(cache, key, ['fresh']);
}

/** That the next read of a key is served at once and refreshed behind the reader's back. @throws AssertionError */
export function assertStale(cache: ExplainingCache, key: string): Promise<void> {
  return assertState(cache, key, ['stale']);
}

/** That the next read of a key loads: never cached, expired, or invalidated. @throws AssertionError */
export function assertNotCached(cache: ExplainingCache, key: string): Promise<void> {
  return assertState(cache, key, ['absent', 'expired']);
}

async function assertState(
  cache: ExplainingCache,
  key: string,
  wanted: readonly Explanation['state'][],
): Promise<void> {
  await cache.settled(); // what was just loaded is on its way into the store
  const { state, tier, ageMs } = await cache.explain(key);
  if (wanted.includes(state)) return;
  const found = ageMs === null ? '' : `, ${ageMs} ms old, in ${tier}`;
  assert.fail(`Expected the entry of ${key} to be ${wanted.join(' or ')}; it is ${state}${found}.`);
}
