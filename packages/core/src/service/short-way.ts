import type { CacheOptions, ResolvedCacheOptions } from '../options/cache-options.js';

/** Options that a fresh entry answers whatever they say. Of all others it is looked at what they say. */
const INDIFFERENT: ReadonlySet<string> = new Set([
  'staleTime',
  'enableSwr',
  'useSwr',
  'enableSWR',
  'compress',
  'priority',
  'tags',
  'since',
  'loadedAfter',
  'softTimeoutMs',
  'hardTimeoutMs',
  'staleIfErrorMs',
  'earlyRefresh',
  'adaptive',
  'isolation',
  'tenant',
  'negativeTtlMs',
  'jitterRatio',
  'template',
] satisfies (keyof CacheOptions)[]);

/**
 * Whether a fresh entry that this process holds answers a call with these options whatever else they say: nothing in
 * them asks for more than that. Looked at as they were written, because resolving them costs more than the hit; name by
 * name, because asking for fifteen that are not there costs as much where many places of an application call.
 */
export function takesShortWay(options: CacheOptions): boolean {
  if (typeof options !== 'object' || (options as unknown) === null) return false;
  if (Object.getPrototypeOf(options) !== Object.prototype) return false;
  for (const name in options) {
    if (INDIFFERENT.has(name)) continue;
    if (asksForMore(name, options[name as keyof CacheOptions])) return false;
  }
  return true;
}

/** The same of options that rules of plugins have had their say in. */
export function isEasy(options: ResolvedCacheOptions): boolean {
  const { ttlMs, forceRefresh, consistency, after, complianceLevel, serializer } = options;
  const isPlain = consistency === 'eventual' && complianceLevel === 'standard' && !serializer;
  return isPlain && after === null && ttlMs > 0 && !forceRefresh;
}

function asksForMore(name: string, value: unknown): boolean {
  if (name === 'ttl') return isOrLooksZero(value);
  if (name === 'consistency') return value !== undefined && value !== 'eventual';
  if (name === 'complianceLevel') return value !== undefined && value !== 'standard';
  return value !== undefined && value !== false;
}

/** `ttl: 0` is no cache; a text that may mean it takes the long way. */
function isOrLooksZero(ttl: unknown): boolean {
  return ttl === 0 || (typeof ttl === 'string' && ttl.charCodeAt(0) === 48);
}
