import type { JournalStatus } from '../../src/journal/journal.js';
import { CacheCounters } from '../../src/observation/cache-counters.js';
import type { StoreStatus } from '../../src/provider/cache-provider.js';
import { CacheErrorHandler } from '../../src/resilience/cache-error.handler.js';
import type { CacheStatus } from '../../src/service/cache-results.js';

export type StatusChanges = Partial<Pick<CacheStatus, 'enabled' | 'breaker'>> & {
  readonly store?: Partial<StoreStatus>;
  readonly journal?: Partial<JournalStatus>;
};

/** A cache in good health on a store of its own, but for the changes. */
export function statusWith({ store, journal, ...changes }: StatusChanges = {}): CacheStatus {
  return {
    provider: 'redis',
    namespace: 'clinic',
    enabled: true,
    store: {
      connected: true,
      memoryBytes: 400,
      maxBytes: 1_000,
      pool: { busy: 1, open: 4 },
      ...store,
    },
    breaker: 'closed',
    breakers: {},
    journal: {
      epoch: { stamp: 1, nonce: 1 },
      position: 1,
      newest: 1,
      linkAgeMs: 400,
      isBlind: false,
      queued: 0,
      queuedForMs: 0,
      lagMs: 0,
      needlessMisses: { byCollision: 0, byFloor: 0 },
      refusal: null,
      ...journal,
    },
    l1: { entries: 0, bytes: 0, evictions: 0 },
    counts: new CacheCounters(),
    faults: new CacheErrorHandler(console).counts,
    faultCodes: {},
    parts: {},
    ...changes,
  };
}
