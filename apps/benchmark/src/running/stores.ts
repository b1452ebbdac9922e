import { startStore, type StoreProduct, type TestStore } from '@vitalcache/testing';
import { Redis } from 'ioredis-6';

import type { StoreResult } from '../results/benchmark-result.js';

const PRODUCTS: readonly StoreProduct[] = ['redis', 'valkey', 'dragonfly'];

/** The stores that could be had, and what is to be said of each make. */
export interface Stores {
  readonly open: readonly TestStore[];
  readonly results: readonly StoreResult[];
}

/** Finds or starts a store of each make, as the tests do. Without a Redis there is nothing to measure on. */
export async function openStores(): Promise<Stores> {
  const open: TestStore[] = [];
  const results: StoreResult[] = [];
  for (const product of PRODUCTS) {
    try {
      const store = await startStore(product);
      open.push(store);
      results.push({ product, version: await versionOf(store.url), skipped: null });
    } catch (error) {
      if (product === 'redis') throw error;
      const skipped = error instanceof Error ? error.message : String(error);
      results.push({ product, version: null, skipped });
    }
  }
  return { open, results };
}

async function versionOf(url: string): Promise<string> {
  const redis = new Redis(url);
  const info = await redis.info('server');
  redis.disconnect();
  return /(?:valkey|dragonfly|redis)_version:(\S+)/.exec(info)?.[1] ?? 'unknown';
}
