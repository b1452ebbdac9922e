import type { ICacheProvider, StoreStatus } from '@vitalcache/core';

/** A store of which only what a test says is true. */
export function fakeProvider(more: Partial<ICacheProvider> = {}): ICacheProvider {
  return {
    name: 'fake',
    get: async () => null,
    set: async () => undefined,
    del: async () => 0,
    ...more,
  };
}

export function storeStatus(connected: boolean): StoreStatus {
  return { connected, memoryBytes: null, maxBytes: null, pool: { busy: 0, open: 0 } };
}
