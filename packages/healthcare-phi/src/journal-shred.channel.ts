import type { CacheService } from '@vitalcache/core';

import type { IShredChannel, ShredNotice } from './keys/shred-channel.js';

/** Carried by no entry: its record says that keys were destroyed. */
const KEYS_TAG = 'vitalcache/destroyed-keys';

type JournalledCache = Pick<CacheService, 'invalidateCacheByTags' | 'onTagInvalidated'>;

/**
 * Tells all processes of destroyed keys through the journal of the cache. The journal says that there were some, not whose:
 * each process lets go of all that it holds, and gets what is left again.
 */
export class JournalShredChannel implements IShredChannel {
  readonly #listeners = new Set<(notice: ShredNotice | null) => void>();
  #cache: JournalledCache | null = null;
  #end: (() => void) | null = null;

  /** From here on it hears of others, and they of it. */
  async start(cache: JournalledCache): Promise<void> {
    this.#cache = cache;
    this.#end = await cache.onTagInvalidated([KEYS_TAG], () => {
      for (const listener of this.#listeners) listener(null);
    });
  }

  async publish(): Promise<void> {
    if (!this.#cache) throw new Error('not started');
    await this.#cache.invalidateCacheByTags([KEYS_TAG], { whenQueued: 'throw' });
  }

  subscribe(listener: (notice: ShredNotice | null) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#end?.();
    this.#cache = null;
  }
}
