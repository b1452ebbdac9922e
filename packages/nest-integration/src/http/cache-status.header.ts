import type { ServedValue } from './request-scopes.js';

const NAME = 'Vitalcache';
/** Longer lists cost every proxy on the way and tell a reader nothing more. */
const MAX_MEMBERS = 16;

/**
 * The value of `Cache-Status` (RFC 9211): one member for each value that went into the answer, the one closest to the
 * origin first. It never holds a key.
 */
export function cacheStatusOf(served: readonly ServedValue[]): string {
  const members = served.slice(0, MAX_MEMBERS).map(memberOf);
  const more = served.length - members.length;
  if (more > 0) members.push(`${NAME}; detail="${more} more"`);
  return members.join(', ');
}

/** Seconds since the oldest of the values that came from the cache was loaded; `null` if none did. */
export function ageOf(served: readonly ServedValue[]): number | null {
  const ages = served.filter(isFromCache).map(({ ageMs }) => ageMs);
  return ages.length === 0 ? null : Math.max(0, Math.floor(Math.max(...ages) / 1_000));
}

/** Adds names to what the header `Vary` already says. */
export function varyWith(present: string | undefined, names: Iterable<string>): string {
  const said = (present ?? '').split(',').map((name) => name.trim());
  const all = new Map([...said, ...names].map((name) => [name.toLowerCase(), name]));
  all.delete('');
  return all.has('*') ? '*' : [...all.values()].join(', ');
}

function memberOf(value: ServedValue): string {
  return [NAME, ...parametersOf(value)].join('; ');
}

function parametersOf(value: ServedValue): readonly string[] {
  const { outcome, tier, freshForMs, reason } = value;
  // A stale answer has a negative time to live (RFC 9211, 2.4 and 3).
  const ttl = freshForMs === null ? [] : [`ttl=${Math.floor(freshForMs / 1_000)}`];
  const stored = freshForMs === null ? [] : ['stored', ...ttl];
  switch (outcome) {
    case 'hit':
      return ['hit', ...ttl, ...(tier ? [`detail=${tier}`] : [])];
    case 'stale':
      return ['hit', ...ttl, ...(tier ? [`detail=stale-${tier}`] : [])];
    case 'miss':
      return ['fwd=miss', ...stored];
    case 'joined':
      return ['fwd=miss', ...stored, 'collapsed'];
    case 'bypass':
      return ['fwd=bypass', ...(reason ? [`detail=${reason}`] : [])];
  }
}

function isFromCache({ outcome }: ServedValue): boolean {
  return outcome === 'hit' || outcome === 'stale';
}
