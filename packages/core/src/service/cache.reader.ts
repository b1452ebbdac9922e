import type { HeldEntry } from '../entry/held-entry.js';
import { CacheError, isCacheError } from '../errors/cache.error.js';
import { assertKey, assertKeys } from '../key/key-rules.js';
import type { CacheMiddlewareChain } from '../middleware/cache-middleware.chain.js';
import type {
  CacheOptions,
  ResolvedCacheOptions,
  ValueSerializer,
} from '../options/cache-options.js';
import type { Admitted } from '../protection/protection.gate.js';
import { FreshValue, type FoundEntry } from '../repository/found-entry.js';
import type { ICacheStrategy } from '../strategy/cache-strategy.js';
import { isProtected } from '../strategy/protected-data.js';
import type { Loader, PrefetchResult, ReadRequest, ReadResult } from '../strategy/read-request.js';
import type { BatchLoader } from './batch-load.js';
import { assertLoader } from './assert-loader.js';
import { worstOf } from './batch-outcomes.js';
import { BatchReader } from './batch.reader.js';
import { FoundBefore } from './found-before.engine.js';
import { FreshHits, type FreshHitsOptions } from './fresh-hits.js';
import { strategyOperation } from './cache-operations.js';
import type { CacheRuntime } from './cache.runtime.js';
import { EntryLooks } from './entry.looks.js';
import { PlainLooks } from './plain.looks.js';
import { uncached } from './read.engine.js';
import { ReadGate } from './read-gate.js';
import {
  deserialized,
  serialized,
  UndeserializableValue,
  UnserializableValue,
} from '../loading/serialized-value.js';

export interface CacheReaderOptions extends FreshHitsOptions {
  readonly chain: CacheMiddlewareChain;
}

/** What was looked for in the shared tier before a read took the long way, and how long that took. */
interface LookedFor {
  readonly found: FoundEntry | null;
  readonly ms: number;
}

/** Everything that reads: from the shortest way, a fresh entry of this process, to the strategies and their loads. */
export class CacheReader {
  /** By the options of a read. */
  readonly looks: EntryLooks;
  /** Without any. */
  readonly plainLooks: PlainLooks;
  readonly #options: CacheReaderOptions;
  readonly #runtime: CacheRuntime;
  readonly #hits: FreshHits;
  readonly #gate: ReadGate;
  readonly #batches: BatchReader;

  constructor(options: CacheReaderOptions) {
    const { runtime } = options;
    this.#options = options;
    this.#runtime = runtime;
    this.#hits = new FreshHits(options);
    this.looks = new EntryLooks(options);
    this.plainLooks = new PlainLooks({ ...options, isPlainlyFresh: this.#hits.isPlainlyFresh });
    this.#gate = new ReadGate(runtime);
    this.#batches = new BatchReader(runtime.repository, runtime.engine, runtime.nested);
  }

  /** What this process holds and answers with at once; `null`: {@link value} takes a longer way. */
  freshHit(key: string, options: CacheOptions | undefined): HeldEntry | null {
    return this.#hits.own(key, options);
  }

  /** {@link freshHit}, with where the value came from. */
  held<T>(key: string, options: CacheOptions | undefined): ReadResult<T> | null {
    const entry = this.freshHit(key, options);
    return entry && this.#runtime.engine.answer<T>({ entry, tier: 'l1' }, 'hit');
  }

  /** {@link read}, the bare value, of what this process does not hold. */
  value<T>(key: string, load: Loader<T>, options?: CacheOptions): Promise<T> {
    const resolved = this.#hits.sharedWay(key, load, options);
    return resolved ? this.#sharedValue(key, load, resolved) : this.#longWay(key, load, options);
  }

  /** By hand instead of `async`, as most hits of the shared tier come here. */
  #sharedValue<T>(key: string, load: Loader<T>, options: ResolvedCacheOptions): Promise<T> {
    const { areTimed, isPlainlyFresh } = this.#hits;
    const startedAt = areTimed ? performance.now() : 0;
    const finding = this.#runtime.repository.findFresh(key, options, isPlainlyFresh);
    if (!(finding instanceof Promise)) {
      return this.#storedValue(key, load, options, { found: finding, ms: 0 });
    }
    return finding.then((found) => {
      const ms = areTimed ? performance.now() - startedAt : 0;
      const isHit = found instanceof FreshValue;
      if (isHit && this.#hits.tellShared(key, options, ms, found)) return found.value as T;
      return this.#storedValue(key, load, options, isHit ? undefined : { found, ms });
    });
  }

  async #storedValue<T>(
    key: string,
    load: Loader<T>,
    options: ResolvedCacheOptions,
    looked?: LookedFor,
  ): Promise<T> {
    return (await this.#readStored(key, load, options, false, looked)).value;
  }

  async #longWay<T>(key: string, load: Loader<T>, options?: CacheOptions): Promise<T> {
    return (await this.#read(key, load, options)).value;
  }

  async read<T>(key: string, load: Loader<T>, options?: CacheOptions): Promise<ReadResult<T>> {
    return this.held<T>(key, options) ?? this.#read(key, load, options);
  }

  /** As {@link read}, for nobody: hits that come later are what it is for. */
  async prefetch(
    key: string,
    load: Loader<unknown>,
    options?: CacheOptions,
  ): Promise<PrefetchResult> {
    const { value: _nobodys, ...result } = await this.#read(key, load, options, true);
    return result;
  }

  async readMany<T>(
    keys: readonly string[],
    load: BatchLoader<T>,
    options?: CacheOptions,
  ): Promise<(T | null)[]> {
    assertKeys(keys);
    assertLoader(load);
    const resolved = this.#options.options.resolve(options);
    if (options?.serializer) {
      throw new CacheError('OPTION_INVALID', 'serializer is not an option of cacheMany.');
    }
    const strategy = this.#options.strategies.select(resolved);
    this.#runtime.noteProtected(resolved);
    let results: readonly ReadResult<T | null>[] = [];
    await this.#options.chain.run(
      strategyOperation('read', strategy, resolved, { keys }),
      async () => {
        const admit = (unique: readonly string[]) => this.#gate.admitAll(unique, resolved);
        const isUsable = await this.#gate.isUsable(resolved);
        const how = { options: resolved, strategy: isUsable ? strategy : null, admit };
        results = await this.#batches.read(keys, load, how);
        const { outcome, tier } = worstOf(results);
        return { outcome, tier, items: results };
      },
    );
    return results.map(({ value }) => value);
  }

  /** @throws CacheError for arguments that can't be right */
  #read<T>(
    key: string,
    load: Loader<T>,
    options?: CacheOptions,
    isWarming = false,
  ): Promise<ReadResult<T>> {
    assertKey(key);
    assertLoader(load);
    const resolved = this.#options.options.resolve(options);
    const { serializer } = resolved;
    if (!serializer) return this.#readStored(key, load, resolved, isWarming);
    const plain = serialized(load, serializer, isProtected(resolved));
    return this.#readSerialized(key, plain, resolved, serializer, isWarming);
  }

  async #readSerialized<T>(
    key: string,
    load: Loader<unknown>,
    options: ResolvedCacheOptions,
    serializer: ValueSerializer,
    isWarming: boolean,
  ): Promise<ReadResult<T>> {
    try {
      const result = await this.#readStored(key, load, options, isWarming);
      return { ...result, value: deserialized<T>(result.value, serializer) };
    } catch (error) {
      if (!isCacheError(error)) throw error;
      if (error instanceof UnserializableValue) {
        this.#runtime.errors.note('value-refused', error);
        return uncached(error.value as T, 'miss');
      }
      if (!(error instanceof UndeserializableValue) || options.forceRefresh) throw error;
      this.#runtime.errors.note('entry-corrupt');
      const anew = { ...options, forceRefresh: true };
      return this.#readSerialized(key, load, anew, serializer, isWarming);
    }
  }

  #readStored<T>(
    key: string,
    load: Loader<T>,
    options: ResolvedCacheOptions,
    isWarming: boolean,
    looked?: LookedFor,
  ): Promise<ReadResult<T>> {
    const strategy = this.#options.strategies.select(options);
    const request = { key, load, options };
    this.#runtime.noteProtected(options);
    const on = { key, isWarming, ...(looked && { lookedForMs: looked.ms }) };
    return this.#options.chain.run(strategyOperation('read', strategy, options, on), () => {
      if (this.#runtime.gate.concerns(options)) {
        return this.#readProtected(request, strategy);
      }
      const isUsable = this.#gate.isUsable(options);
      return typeof isUsable === 'boolean'
        ? this.#answer(request, strategy, isUsable, looked)
        : isUsable.then((isIt) => this.#answer(request, strategy, isIt, looked));
    });
  }

  /** By hand instead of `async`: on the way of each hit a promise costs as much as much of what is done there. */
  #readProtected<T>(request: ReadRequest<T>, strategy: ICacheStrategy): Promise<ReadResult<T>> {
    try {
      const admitted = this.#gate.admit(request.key, request.options);
      return admitted instanceof Promise
        ? admitted.then((given) => this.#readAdmitted(request, strategy, given))
        : this.#readAdmitted(request, strategy, admitted);
    } catch (error) {
      const refusal = error as Error;
      return Promise.reject(refusal);
    }
  }

  #readAdmitted<T>(
    request: ReadRequest<T>,
    strategy: ICacheStrategy,
    admitted: Admitted | null,
  ): Promise<ReadResult<T>> {
    if (!admitted) return this.#runtime.engine.bypass(request);
    const { key, options } = admitted;
    const own = { key, load: request.load, options };
    const isUsable = this.#gate.isUsable(options);
    return typeof isUsable === 'boolean'
      ? this.#answer(own, strategy, isUsable)
      : isUsable.then((isIt) => this.#answer(own, strategy, isIt));
  }

  #answer<T>(
    request: ReadRequest<T>,
    strategy: ICacheStrategy,
    isUsable: boolean,
    looked?: LookedFor,
  ): Promise<ReadResult<T>> {
    const { engine } = this.#runtime;
    if (!isUsable) return engine.bypass(request);
    const own = looked ? new FoundBefore(engine, request.key, looked.found) : engine;
    return strategy.read(request, own);
  }
}
