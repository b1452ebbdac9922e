import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import type { CacheChannel, CacheEvent, CacheEventName } from './cache-event.js';
import { CACHE_CHANNELS } from './event-channels.js';

export type CacheEventListener = (name: CacheEventName, event: CacheEvent) => void | Promise<void>;

const READS: Readonly<Record<string, CacheEventName>> = {
  hit: 'cache.hit',
  stale: 'cache.stale',
  miss: 'cache.miss',
  joined: 'cache.miss',
  rejected: 'cache.miss',
};

/**
 * Tells `listener` what caches of this process do, until the function that it returns is called: from then on events cost
 * nothing again. Each event comes while the operation runs: be quick. What the listener throws goes no further.
 * @param cache namespace of the only cache to be told of; absent: all
 */
export function onCacheEvent(listener: CacheEventListener, cache?: string): () => void {
  const ends = (Object.keys(CACHE_CHANNELS) as CacheChannel[]).map((name) => {
    const take = (message: unknown): void => {
      const event = message as CacheEvent;
      const told = cache === undefined || event.cache === cache ? nameOf(name, event) : null;
      if (told !== null) tell(listener, told, event);
    };
    subscribe(`vitalcache:${name}`, take);
    return () => unsubscribe(`vitalcache:${name}`, take);
  });
  return () => ends.forEach((end) => end());
}

/** `null` for what has no name of its own: bypasses, the inner steps of loads, calls of operators. */
function nameOf(channel: CacheChannel, { kind, outcome }: CacheEvent): CacheEventName | null {
  switch (channel) {
    case 'read':
      return READS[outcome] ?? null;
    case 'write':
      return outcome === 'failed' ? null : 'cache.set';
    case 'load':
      return kind === 'write' && outcome === 'stored' ? 'cache.set' : null;
    case 'invalidate':
      return outcome === 'failed' ? null : 'cache.invalidated';
    case 'admin':
      return null;
    case 'error':
    case 'breaker':
    case 'alert':
      return `cache.${channel}`;
  }
}

/** A listener that throws must not end the process, as diagnostics_channel would have it. */
function tell(listener: CacheEventListener, name: CacheEventName, event: CacheEvent): void {
  try {
    const said: unknown = listener(name, event);
    if (said instanceof Promise) said.catch(() => undefined);
  } catch {
    // it was told; there is nowhere to say more
  }
}
