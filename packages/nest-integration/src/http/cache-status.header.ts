import type { ServedValue } from './request-scopes.js';

const NAME = 'Vitalcache';
/** Longer lists cost every proxy on the way and tell a reader nothing more. */
const MAX_MEMBERS = 16;

/**
 * The value of `Cache-Status` (RFC 9211): one member for each value that went into the answer, the one closest to the
 * origin first. It never holds a key.
 */
export function cacheStatusOf(served: readonly ServedValue[]): string {
  let list = '';
  for (let at = 0; at < served.length && at < MAX_MEMBERS; at++) {
    list += `${at > 0 ? ', ' : ''}${NAME}; ${parametersOf(served[at] as ServedValue)}`;
  }
  const more = served.length - MAX_MEMBERS;
  return more > 0 ? `${list}, ${NAME}; detail="${more} more"` : list;
}

/** Seconds since the oldest of the values that came from the cache was loaded; `null` if none did. */
export function ageOf(served: readonly ServedValue[]): number | null {
  let oldest: number | null = null;
  for (const { outcome, ageMs } of served) {
    const isFromCache = outcome === 'hit' || outcome === 'stale';
    if (isFromCache) oldest = Math.max(oldest ?? 0, ageMs);
  }
  return oldest === null ? null : Math.floor(oldest / 1_000);
}

/** Adds names to what the header `Vary` already says. */
export function varyWith(present: string | undefined, names: Iterable<string>): string {
  const said = (present ?? '').split(',').map((name) => name.trim());
  const all = new Map([...said, ...names].map((name) => [name.toLowerCase(), name]));
  all.delete('');
  return all.has('*') ? '*' : [...all.values()].join(', ');
}

function parametersOf({ outcome, tier, freshForMs, reason }: ServedValue): string {
  // A stale answer has a negative time to live (RFC 9211, 2.4 and 3).
  const ttl = freshForMs === null ? '' : `; ttl=${Math.floor(freshForMs / 1_000)}`;
  const stored = freshForMs === null ? '' : `; stored${ttl}`;
  switch (outcome) {
    case 'hit':
      return `hit${ttl}${tier ? `; detail=${tier}` : ''}`;
    case 'stale':
      return `hit${ttl}${tier ? `; detail=stale-${tier}` : ''}`;
    case 'miss':
      return `fwd=miss${stored}`;
    case 'joined':
      return `fwd=miss${stored}; collapsed`;
    case 'bypass':
      return `fwd=bypass${reason ? `; detail=${reason}` : ''}`;
  }
}
