import type { NestedLoads } from '../loading/nested-loads.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { CacheRepository } from '../repository/cache.repository.js';
import type { ICacheStrategy } from '../strategy/cache-strategy.js';
import { serialized } from '../loading/serialized-value.js';
import type { Loader, ReadResult } from '../strategy/read-request.js';
import type { ReadEngine } from './read.engine.js';
import { BatchLoad, type BatchLoader } from './batch-load.js';
import { FoundBefore } from './found-before.engine.js';

/**
 * Many keys as one read: one look into the store, then each key goes its strategy's way, and what must be loaded is
 * loaded by one call.
 */
export class BatchReader {
  readonly #repository: CacheRepository;
  readonly #engine: ReadEngine;
  readonly #nested: NestedLoads;

  constructor(repository: CacheRepository, engine: ReadEngine, nested: NestedLoads) {
    this.#nested = nested;
    this.#repository = repository;
    this.#engine = engine;
  }

  /**
   * In the order of `keys`, which may repeat; without a strategy the cache is left out. Rejects with what the loader rejected with.
   */
  async read<T>(
    keys: readonly string[],
    load: BatchLoader<T>,
    options: ResolvedCacheOptions,
    strategy: ICacheStrategy | null,
  ): Promise<readonly ReadResult<T | null>[]> {
    const unique = [...new Set(keys)];
    const isLookedUp = strategy !== null && !options.forceRefresh;
    const found = !isLookedUp ? [] : await this.#repository.findMany(unique, options);
    const batch = new BatchLoad(load, this.#nested);
    const answers = new Map<string, Promise<ReadResult<T | null>>>();
    unique.forEach((key, index) => {
      const engine = new FoundBefore(this.#engine, key, found[index] ?? null);
      const bare: Loader<T | null> = (context) => batch.one(key, context);
      // A serializer here only leaves members away: what is stored is what is returned.
      const { serializer } = options;
      const one = serializer ? (serialized(bare, serializer) as Loader<T | null>) : bare;
      const request = { key, load: one, options, isAlone: true };
      answers.set(key, strategy?.read(request, engine) ?? this.#engine.bypass(request));
    });
    const handedOut = new Set<string>();
    return Promise.all(
      keys.map(async (key) => {
        const answer = (await answers.get(key)) as ReadResult<T | null>;
        const isRepeated = options.isolation === 'clone' && handedOut.has(key);
        handedOut.add(key);
        return isRepeated ? { ...answer, value: structuredClone(answer.value) } : answer;
      }),
    );
  }
}
