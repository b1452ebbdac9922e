import type { NestedLoads } from '../loading/nested-loads.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { CacheRepository } from '../repository/cache.repository.js';
import type { Admitted } from '../protection/protection.gate.js';
import type { FoundEntry } from '../repository/found-entry.js';
import type { ICacheStrategy } from '../strategy/cache-strategy.js';
import { serialized } from '../loading/serialized-value.js';
import type { Loader, ReadResult } from '../strategy/read-request.js';
import type { ReadEngine } from './read.engine.js';
import { BatchLoad, type BatchLoader } from './batch-load.js';
import { inTurns } from './in-turns.js';
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

  /** In the order of `keys`, which may repeat. Rejects with what the loader rejected with. */
  async read<T>(
    keys: readonly string[],
    load: BatchLoader<T>,
    { options, strategy, admit }: BatchTerms,
  ): Promise<readonly ReadResult<T | null>[]> {
    const unique = [...new Set(keys)];
    const admitting = admit(unique);
    const admitted = admitting && (await admitting);
    const isLookedUp = strategy !== null && !options.forceRefresh;
    const found = !isLookedUp
      ? []
      : admitted
        ? await this.#findAdmitted(admitted)
        : await this.#repository.findMany(unique, options);
    const batch = new BatchLoad(load, this.#nested);
    const answers = new Map<string, Promise<ReadResult<T | null>>>();
    const begin = (key: string, index: number): void => {
      const own = admitted?.[index];
      const ownKey = own?.key ?? key;
      const engine = new FoundBefore(this.#engine, ownKey, found[index] ?? null);
      const bare: Loader<T | null> = (context) => batch.one(key, context);
      // A serializer here only leaves members away: what is stored is what is returned.
      const { serializer } = options;
      const one = serializer ? (serialized(bare, serializer, true) as Loader<T | null>) : bare;
      const request = { key: ownKey, load: one, options: own?.options ?? options, isAlone: true };
      const isServed = strategy !== null && own !== null;
      const answer = isServed ? strategy.read(request, engine) : this.#engine.bypass(request);
      answer.catch(() => undefined); // it is awaited when all have begun
      answers.set(key, answer);
    };
    await batch.gather(() => inTurns(unique, begin));
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

  /** Each has terms of its own; asked for in one turn, they are one question to the store all the same. */
  #findAdmitted(admitted: readonly (Admitted | null)[]): Promise<(FoundEntry | null)[]> {
    return Promise.all(
      admitted.map(async (one) => one && this.#repository.find(one.key, one.options)),
    );
  }
}

/** How a batch is to be read. */
export interface BatchTerms {
  readonly options: ResolvedCacheOptions;
  /** `null`: the cache is left out. */
  readonly strategy: ICacheStrategy | null;
  /** Where each key of protected data goes, `null` for past the cache; `null`: it is none. */
  readonly admit: (keys: readonly string[]) => Promise<readonly (Admitted | null)[]> | null;
}
