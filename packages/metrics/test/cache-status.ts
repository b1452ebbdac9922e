import {
  CacheService,
  RUNTIME_DEFAULTS,
  type CacheHealth,
  type CacheStatus,
} from '@vitalcache/core';

import type { MeasuredCache } from '../src/index.js';

export type StatusChanges = Partial<Omit<CacheStatus, 'store' | 'journal' | 'counts'>> & {
  readonly store?: Partial<CacheStatus['store']>;
  readonly journal?: Partial<CacheStatus['journal']>;
  readonly counts?: Partial<CacheStatus['counts']>;
};

/** What a cache says of itself that has just been made, on a store of its own in good health, but for the changes. */
export async function statusWith(changes: StatusChanges = {}): Promise<CacheStatus> {
  const { store, journal, counts, ...others } = changes;
  const pool = { busy: 1, open: 4 };
  const healthy = { connected: true, memoryBytes: 400, maxBytes: 1_000, pool };
  const nothing = async (): Promise<null> => null;
  const provider = { get: nothing, set: async () => undefined, del: async () => 0 };
  const cache = new CacheService(
    { ...provider, name: 'redis', status: async () => healthy },
    { namespace: 'clinic' },
  );
  const status = await cache.status();
  await cache.close();
  const link = { linkAgeMs: 400, isBlind: false };
  return {
    ...status,
    store: { ...status.store, ...store },
    journal: { ...status.journal, ...link, ...journal },
    counts: { ...status.counts, ...counts },
    ...others,
  };
}

/** A cache for metrics to ask. */
export function measuredCache(
  status: () => CacheStatus,
  settings: Partial<MeasuredCache['settings']> = {},
): MeasuredCache {
  const health: CacheHealth = {
    status: 'warning',
    memoryUsage: 1,
    hitRate: 0,
    connectionStatus: true,
    lastHealthCheck: new Date(0),
  };
  return {
    namespace: 'clinic',
    status: async () => status(),
    getCacheHealth: async () => health,
    settings: { ...RUNTIME_DEFAULTS, ...settings },
  };
}
