import type { CacheEvent, CacheEventName } from '@vitalcache/core';

/**
 * What listeners of `cache.hit`, `cache.miss`, `cache.stale`, `cache.set`, `cache.invalidated`, `cache.error`,
 * `cache.breaker` and `cache.alert` are told. Never a key, tag, tenant, pattern, value or message.
 */
export interface CacheEventPayload {
  /** Of the operation: its `template` or key template; `unnamed` where there is none. */
  readonly template: string;
  /** The tier that answered a read; `null` otherwise. */
  readonly tier: 'l1' | 'l2' | null;
  /** Milliseconds that it took; `null` for what takes no time. */
  readonly ms: number | null;
  /**
   * Code of an error, `warming` for reads that nobody waits for; `<fault>` or `<fault>: <code>` of an error, `<store>:
   * <state>` of a breaker, `<alert> <state>: <why>` of an alert; `null` if nothing is to say.
   */
  readonly reason: string | null;
}

/** @param name decides what the reason is made of: errors, breakers and alerts have no template that says more */
export function payloadOf(name: CacheEventName, event: CacheEvent): CacheEventPayload {
  const { template, tier, ms } = event;
  return { template, tier, ms, reason: reasonOf(name, event) };
}

function reasonOf(name: CacheEventName, { kind, outcome, reason }: CacheEvent): string | null {
  switch (name) {
    case 'cache.error':
      return reason === null ? kind : `${kind}: ${reason}`;
    case 'cache.breaker':
      return `${kind}: ${outcome}`;
    case 'cache.alert':
      return reason === null ? `${kind} ${outcome}` : `${kind} ${outcome}: ${reason}`;
    default:
      return reason;
  }
}
