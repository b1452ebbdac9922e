import { totalmem } from 'node:os';

import type { StoreStatus } from '../provider/cache-provider.js';

/** Memory that a store lives in. */
export interface StoreMemory {
  /** 0 when the store does not say. */
  readonly usedBytes: number;
  /** `null` when there is no bound or it is not known. */
  readonly maxBytes: number | null;
}

/**
 * The memory of the store's server; for an embedded store (no connections) that of this process, because such a store
 * is bounded by itself and full most of the time, while the process is what runs out.
 */
export function memoryOf({ connected, pool, memoryBytes, maxBytes }: StoreStatus): StoreMemory {
  const isEmbedded = connected && pool.open === 0;
  if (!isEmbedded) return { usedBytes: memoryBytes ?? 0, maxBytes };
  return {
    usedBytes: process.memoryUsage.rss(),
    maxBytes: Math.min(process.constrainedMemory() || Infinity, totalmem()),
  };
}
