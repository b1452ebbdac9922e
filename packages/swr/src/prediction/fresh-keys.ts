import type { CacheOperation, OperationResult } from '@vitalcache/core';
import { LRUCache } from 'lru-cache';

const MAX_KEYS = 10_000;

/**
 * What this process has lately seen to be cached, and until when it is fresh, so that it is not warmed. It may lag
 * behind invalidations of other processes: then something is not warmed that could have been.
 */
export class FreshKeys {
  readonly #freshUntil = new LRUCache<string, number>({ max: MAX_KEYS });

  /** @param result of a read; one that tells no times counts as not cached */
  note(key: string, result: OperationResult, now: number): void {
    const freshForMs = 'freshForMs' in result ? result.freshForMs : null;
    const isFresh = typeof freshForMs === 'number' && freshForMs > 0;
    if (isFresh) this.#freshUntil.set(key, now + freshForMs);
    else this.#freshUntil.delete(key);
  }

  has(key: string, now: number): boolean {
    return (this.#freshUntil.peek(key) ?? -Infinity) > now;
  }

  /** After an operation that changed what is cached. What a tag or a pattern covers is not known here: everything. */
  forget({ kind, key, keys }: CacheOperation): void {
    if (kind === 'get') return;
    const changed = key === null ? keys : [key];
    if (changed.length === 0) this.#freshUntil.clear();
    for (const one of changed) this.#freshUntil.delete(one);
  }
}
