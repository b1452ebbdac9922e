import {
  CacheErrorHandler,
  type CacheStatus,
  type JournalStatus,
  type StoreStatus,
} from '@vitalcache/core';

export interface StatusChanges {
  readonly enabled?: boolean;
  readonly store?: Partial<StoreStatus>;
  readonly journal?: Partial<JournalStatus>;
}

/** A cache in good health on a store of its own, but for the changes. */
export function statusWith({ enabled = true, store, journal }: StatusChanges = {}): CacheStatus {
  return {
    provider: 'redis',
    namespace: 'clinic',
    enabled,
    store: {
      connected: true,
      memoryBytes: 400,
      maxBytes: 1_000,
      pool: { busy: 1, open: 4 },
      ...store,
    },
    breaker: 'closed',
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
    l1: { entries: 0, bytes: 0 },
    faults: new CacheErrorHandler(console).counts,
    faultCodes: {},
  };
}
