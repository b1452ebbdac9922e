import {
  isProtected,
  type CacheOperation,
  type ICacheMiddleware,
  type OperationResult,
} from '@vitalcache/core';

import type { KeyReservoir } from './key.reservoir.js';

/**
 * Offers reads that were answered from the cache to a sample, while it is wanted. Reads of protected data never: nobody but
 * their reader may look at them. Results and errors pass as they are.
 */
export class SamplingCacheMiddleware implements ICacheMiddleware {
  readonly name = 'staleness';
  isSampling = false;
  readonly #reservoir: KeyReservoir;

  constructor(reservoir: KeyReservoir) {
    this.#reservoir = reservoir;
  }

  onFreshHit(template: string, _strategy: string, key: string): void {
    if (this.isSampling) this.#reservoir.offer(key, template);
  }

  onSharedHit(template: string, _strategy: string, key: string): void {
    if (this.isSampling) this.#reservoir.offer(key, template);
  }

  handle<R extends OperationResult>(operation: CacheOperation, next: () => Promise<R>): Promise<R> {
    const { kind, key, template, options, isWarming } = operation;
    if (!this.isSampling || kind !== 'read' || key === null || isWarming) return next();
    if (!options || isProtected(options)) return next();
    return next().then((result) => {
      const isServed = result.outcome === 'hit' || result.outcome === 'stale';
      if (isServed) this.#reservoir.offer(key, template);
      return result;
    });
  }
}
