import type { CacheOptions, ResolvedCacheOptions } from './cache-options.js';
import { durationMs } from './duration.js';
import { kind, refuse } from './option-checks.js';

/**
 * The age from which a value is stale, within the adaptive bounds if there are any. A default that is in the way of
 * what was written gives way.
 */
export function staleMsOf(
  options: CacheOptions,
  ttlMs: number,
  enableSwr: boolean,
  adaptive: ResolvedCacheOptions['adaptive'],
): number {
  const { staleTime } = options;
  const written = staleTime === undefined ? undefined : durationMs('staleTime', staleTime);
  if (written !== undefined && options.ttl !== undefined && written > ttlMs) {
    refuse(
      `staleTime (${written / 1000} s) is above ttl (${ttlMs / 1000} s); it is the age at which a value becomes stale, so accepted: 0 to ttl.`,
    );
  }
  if (!enableSwr) return ttlMs;
  if (!adaptive) return Math.min(written ?? Math.floor(ttlMs / 2), ttlMs);
  const { minStaleMs, maxStaleMs } = adaptive;
  if (written !== undefined && (written < minStaleMs || written > maxStaleMs)) {
    refuse(
      `staleTime (${written / 1000} s) is outside of adaptive (${minStaleMs / 1000} to ${maxStaleMs / 1000} s), within which it moves.`,
    );
  }
  return Math.min(Math.max(written ?? Math.floor(ttlMs / 2), minStaleMs), maxStaleMs);
}

/** `null` when the stale time does not move, also because nothing is ever stale. */
export function adaptiveOf(
  { ttl, adaptive, enableSwr, useSwr, enableSWR }: CacheOptions,
  ttlMs: number,
  isSwr: boolean,
): ResolvedCacheOptions['adaptive'] {
  if (adaptive === undefined) return null;
  if (typeof adaptive !== 'object' || (adaptive as unknown) === null) {
    refuse(
      `adaptive is ${kind(adaptive)}; accepted: { minStaleTime, maxStaleTime }, both durations.`,
    );
  }
  const minStaleMs = durationMs('adaptive.minStaleTime', adaptive.minStaleTime);
  const maxStaleMs = durationMs('adaptive.maxStaleTime', adaptive.maxStaleTime);
  if (minStaleMs > maxStaleMs) {
    refuse(
      `adaptive.minStaleTime (${minStaleMs / 1000} s) is above adaptive.maxStaleTime (${maxStaleMs / 1000} s).`,
    );
  }
  if (ttl !== undefined && maxStaleMs > ttlMs) {
    refuse(
      `adaptive.maxStaleTime (${maxStaleMs / 1000} s) is above ttl (${ttlMs / 1000} s); accepted: up to ttl.`,
    );
  }
  if ((enableSwr ?? useSwr ?? enableSWR) === false) {
    refuse('adaptive moves the time at which values become stale, and enableSwr is false here.');
  }
  if (!isSwr) return null;
  return Object.freeze({
    minStaleMs: Math.min(minStaleMs, ttlMs),
    maxStaleMs: Math.min(maxStaleMs, ttlMs),
  });
}
