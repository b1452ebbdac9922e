import { channel, type Channel } from 'node:diagnostics_channel';

import type { CacheChannel, CacheEvent } from './cache-event.js';

/**
 * The channels that {@link CacheEvent}s go through, for all caches of the process. Ask `hasSubscribers` before an event is
 * made: without one, nothing is.
 */
export const CACHE_CHANNELS: Readonly<Record<CacheChannel, Channel>> = {
  read: channel('vitalcache:read'),
  write: channel('vitalcache:write'),
  invalidate: channel('vitalcache:invalidate'),
  admin: channel('vitalcache:admin'),
  load: channel('vitalcache:load'),
  error: channel('vitalcache:error'),
  breaker: channel('vitalcache:breaker'),
  alert: channel('vitalcache:alert'),
};

/** Without a subscriber, as for all of these, no event is made. @param fault its kind, a word of the code */
export function tellFault(cache: string, fault: string, code: string | null): void {
  if (CACHE_CHANNELS.error.hasSubscribers) tell('error', cache, fault, 'failed', code);
}

/** @param store its name; a breaker's state began, or the store is no longer asked for anything (`gone`) */
export function tellBreaker(cache: string, store: string, state: string): void {
  if (CACHE_CHANNELS.breaker.hasSubscribers) tell('breaker', cache, store, state, null);
}

/** @param reason why, in numbers: no key, no message of others */
export function tellAlert(cache: string, alert: string, state: string, reason: string): void {
  if (CACHE_CHANNELS.alert.hasSubscribers) tell('alert', cache, alert, state, reason);
}

/** What is no operation. */
function tell(
  to: CacheChannel,
  cache: string,
  kind: string,
  outcome: string,
  reason: string | null,
): void {
  const event: CacheEvent = {
    cache,
    kind,
    template: 'unnamed',
    tier: null,
    outcome,
    ms: null,
    reason,
  };
  CACHE_CHANNELS[to].publish(event);
}
