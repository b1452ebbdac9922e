import type { HeldEntry } from '../entry/held-entry.js';
import { CacheError, isCacheError } from '../errors/cache.error.js';
import { assertKey, assertKeys } from '../key/key-rules.js';
import type { ICacheMiddleware } from '../middleware/cache-middleware.js';
import type { CacheMiddlewareChain } from '../middleware/cache-middleware.chain.js';
import type {
  CacheOptions,
  ResolvedCacheOptions,
  ValueSerializer,
} from '../options/cache-options.js';
import { CACHE_CHANNELS } from '../observation/event-channels.js';
import type { OperationEvents } from '../observation/operation-events.js';
import type { OptionsResolver } from '../options/options.resolver.js';
import type { FoundEntry } from '../repository/found-entry.js';
import type { ICacheStrategy } from '../strategy/cache-strategy.js';
import type { CacheStrategyManager } from '../strategy/cache-strategy.manager.js';
import type { Loader, ReadRequest, ReadResult } from '../strategy/read-request.js';
import type { BatchLoader } from './batch-load.js';
import { BatchReader } from './batch.reader.js';
import { operationOf, strategyOperation } from './cache-operations.js';
import type { Explanation } from './cache-results.js';
import type { CacheRuntime } from './cache.runtime.js';
import type { Look } from './missed-reads.js';
import { uncached } from './read.engine.js';
import {
  deserialized,
  serialized,
  UndeserializableValue,
  UnserializableValue,
} from '../loading/serialized-value.js';
import { takesShortWay } from './short-way.js';

const { read: READS } = CACHE_CHANNELS;

/** The short way is left this many load times before an entry gets stale: its strategy may refresh it early. */
const EARLY_LOADS = 12;

export interface CacheReaderOptions {
  readonly runtime: CacheRuntime;
  readonly strategies: CacheStrategyManager;
  readonly chain: CacheMiddlewareChain;
  /** The application's own, which is told of fresh hits. */
  readonly middleware: readonly ICacheMiddleware[];
  readonly events: OperationEvents;
  readonly options: OptionsResolver;
}

type FreshHitObserver = ICacheMiddleware & Required<Pick<ICacheMiddleware, 'onFreshHit'>>;

/** Everything that reads: from the shortest way, a fresh entry of this process, to the strategies and their loads. */
export class CacheReader {
  readonly #options: CacheReaderOptions;
  readonly #runtime: CacheRuntime;
  readonly #batches: BatchReader;
  /** Who is told of fresh hits, if they may take the short way; `null`: they may not. */
  readonly #observers: readonly FreshHitObserver[] | null;
  /** The strategy of calls without options of their own. */
  readonly #usual: string;

  constructor(options: CacheReaderOptions) {
    const { runtime, strategies, middleware } = options;
    this.#options = options;
    this.#runtime = runtime;
    this.#batches = new BatchReader(runtime.repository, runtime.engine, runtime.nested);
    this.#usual = strategies.select(options.options.resolve(undefined)).name;
    this.#observers = strategies.isPlainOnFresh && middleware.every(isObserver) ? middleware : null;
  }

  /** What answers a read at once; `null`: it takes the long way, which may find the same, or say what is wrong. */
  freshHit(key: string, options: CacheOptions | undefined): HeldEntry | null {
    try {
      return this.#freshHit(key, options);
    } catch {
      return null; // options that can't be read, or an observer that failed
    }
  }

  #freshHit(key: string, options: CacheOptions | undefined): HeldEntry | null {
    const runtime = this.#runtime;
    if (!this.#observers || !runtime.isOpen || !runtime.flags.isEnabled(options?.template))
      return null;
    if (options !== undefined && !takesShortWay(options)) return null;
    const now = runtime.clock.now();
    const held = runtime.repository.peek(key, now);
    if (!held || held.isSoftened || held.staleAt - now <= held.loadMs * EARLY_LOADS) return null;
    if (!this.#isWanted(key, held, options)) return null;
    if (READS.hasSubscribers) this.#options.events.onFreshHit(options?.template ?? 'unnamed');
    for (const observer of this.#observers) {
      observer.onFreshHit(options?.template ?? 'unnamed', this.#usual, key, now);
    }
    return held;
  }

  /** Whether it is of the version, and held in the way, that the caller would get on the long way. */
  #isWanted(key: string, held: HeldEntry, options: CacheOptions | undefined): boolean {
    const { versions } = this.#runtime;
    const isVersion =
      versions.isUniform ||
      held.schemaVersion === versions.versionOf(options?.template ?? 'unnamed', key);
    return isVersion && held.fits(options?.isolation ?? this.#plain.isolation);
  }

  /** {@link read}, the bare value. */
  async value<T>(key: string, load: Loader<T>, options?: CacheOptions): Promise<T> {
    return (await this.#read(key, load, options)).value;
  }

  async read<T>(key: string, load: Loader<T>, options?: CacheOptions): Promise<ReadResult<T>> {
    const held = this.freshHit(key, options);
    if (held) return this.#runtime.engine.answer<T>({ entry: held, tier: 'l1' }, 'hit');
    return this.#read(key, load, options);
  }

  /** As {@link read}, for nobody in particular: hits that come later are what it is for. */
  prefetch<T>(key: string, load: Loader<T>, options?: CacheOptions): Promise<ReadResult<T>> {
    return this.#read(key, load, options, true);
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
    let results: readonly ReadResult<T | null>[] = [];
    await this.#options.chain.run(
      strategyOperation('read', strategy, resolved, { keys }),
      async () => {
        const isUsable = await this.#isUsable(resolved);
        results = await this.#batches.read(keys, load, resolved, isUsable ? strategy : null);
        const { outcome, tier } = worstOf(results);
        return { outcome, tier, items: results };
      },
    );
    return results.map(({ value }) => value);
  }

  async get<T>(key: string): Promise<T | null> {
    assertKey(key);
    const { repository, isOpen } = this.#runtime;
    const own = isOpen && this.#runtime.isOn() ? repository.findOwn(key, this.#plain) : null;
    const held = own && this.#unexpired<T>({ entry: own, tier: 'l1' });
    // What is answered now is no miss; otherwise the caller's context knows that it begins to look now.
    return this.#get<T>(key, held, held ? null : this.#look());
  }

  async getMany<T>(keys: readonly string[]): Promise<(T | null)[]> {
    assertKeys(keys);
    return this.#getMany<T>(keys, this.#look());
  }

  async explain(key: string): Promise<Explanation> {
    assertKey(key);
    await this.#runtime.ready();
    const { engine, repository, journal, gate } = this.#runtime;
    const found = gate.isOpen ? await repository.find(key, this.#plain) : null;
    const answer = found && engine.answer(found, 'hit');
    return {
      state: stateOf(answer, found?.entry.isSoftened ?? false),
      tier: found?.tier ?? null,
      ageMs: answer?.ageMs ?? null,
      freshForMs: answer?.freshForMs ?? null,
      expiresInMs: answer?.expiresInMs ?? null,
      isSoftened: found?.entry.isSoftened ?? false,
      fence: found?.entry.fence.position ?? null,
      position: journal.position,
      refusal: engine.refreshRefusal(key),
      decisions: this.#options.strategies.explain(key),
    };
  }

  /** Synchronously, so that the caller's context knows when it began to look. */
  #look(): Look | null {
    const { journal, missed, isClosed } = this.#runtime;
    return isClosed ? null : missed.begin(journal.moment(), journal.holdOffs());
  }

  /** How entries are wanted by calls that have no options. */
  get #plain(): ResolvedCacheOptions {
    return this.#options.options.resolve(undefined);
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
    return this.#readSerialized(key, serialized(load, serializer), resolved, serializer, isWarming);
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
  ): Promise<ReadResult<T>> {
    const strategy = this.#options.strategies.select(options);
    const request = { key, load, options };
    return this.#options.chain.run(
      strategyOperation('read', strategy, options, { key, isWarming }),
      () => {
        const isUsable = this.#isUsable(options);
        return typeof isUsable === 'boolean'
          ? this.#answer(request, strategy, isUsable)
          : isUsable.then((isIt) => this.#answer(request, strategy, isIt));
      },
    );
  }

  #answer<T>(
    request: ReadRequest<T>,
    strategy: ICacheStrategy,
    isUsable: boolean,
  ): Promise<ReadResult<T>> {
    const { engine } = this.#runtime;
    return isUsable ? strategy.read(request, engine) : engine.bypass(request);
  }

  /** Whether the cache may be used for a read: not if it is off, asked for no time at all, or knows too little. */
  #isUsable(options: ResolvedCacheOptions): boolean | Promise<boolean> {
    const runtime = this.#runtime;
    const { ttlMs, template } = options;
    if (ttlMs === 0 || runtime.isClosed || !runtime.flags.isEnabled(template)) return false;
    if (runtime.isOpen) return this.#isCaughtUp(options);
    return runtime.ready().then(() => runtime.gate.isOpen && this.#isCaughtUp(options));
  }

  #isCaughtUp({ consistency, after }: ResolvedCacheOptions): boolean | Promise<boolean> {
    const runtime = this.#runtime;
    if (consistency === 'strong') return runtime.catchUp(null);
    return after === null || runtime.catchUp(after);
  }

  async #get<T>(key: string, held: ReadResult<T> | null, read: Look | null): Promise<T | null> {
    const { value } = await this.#options.chain.run(operationOf('get', { key }), async () => {
      if (held) return held;
      await this.#runtime.ready();
      const { engine } = this.#runtime;
      const found = this.#runtime.isOn() ? await engine.find(key, this.#plain) : null;
      const answer = found && this.#unexpired<T>(found);
      if (!answer) read?.missed.add(key);
      return answer ?? uncached<T | null>(null, 'miss');
    });
    if (read) read.isOver = true;
    return value;
  }

  async #getMany<T>(keys: readonly string[], read: Look | null): Promise<(T | null)[]> {
    const values = new Array<T | null>(keys.length).fill(null);
    await this.#options.chain.run(operationOf('get', { keys }), async () => {
      await this.#runtime.ready();
      const { repository, isClosed, clock } = this.#runtime;
      const isUsable = this.#runtime.isOn() && !isClosed;
      const found = isUsable ? await repository.findMany(keys, this.#plain) : [];
      const now = clock.now();
      const items = keys.map((key, index) => {
        const one = found[index];
        if (!one || one.entry.expiresAt <= now) {
          read?.missed.add(key);
          return MISSED;
        }
        values[index] = one.entry.value as T;
        return FOUND[one.tier][isStale(one.entry, now) ? 'stale' : 'hit'];
      });
      return { ...worstOf(items), items };
    });
    if (read) read.isOver = true;
    return values;
  }

  #unexpired<T>(found: FoundEntry): ReadResult<T> | null {
    const { engine } = this.#runtime;
    const answer = engine.answer<T>(found, 'hit');
    const state = stateOf(answer, found.entry.isSoftened);
    if (state === 'expired') return null;
    return state === 'fresh' ? answer : { ...answer, outcome: 'stale' };
  }
}

function stateOf(answer: ReadResult<unknown> | null, isSoftened: boolean): Explanation['state'] {
  if (!answer) return 'absent';
  if ((answer.expiresInMs ?? 0) <= 0) return 'expired';
  return isSoftened || (answer.freshForMs ?? 0) <= 0 ? 'stale' : 'fresh';
}

function isStale({ isSoftened, staleAt }: HeldEntry, now: number): boolean {
  return isSoftened || staleAt <= now;
}

/** How one of many ended: there are few ways, and no need of an object each. */
const MISSED: Ended = { outcome: 'miss', tier: null };
const FOUND = {
  l1: { hit: { outcome: 'hit', tier: 'l1' }, stale: { outcome: 'stale', tier: 'l1' } },
  l2: { hit: { outcome: 'hit', tier: 'l2' }, stale: { outcome: 'stale', tier: 'l2' } },
} as const;

/** What a batch counts as: as good as its worst part. */
function worstOf(results: readonly Ended[]): Ended {
  const worst = results.find(({ outcome }) => outcome !== 'hit' && outcome !== 'stale');
  return worst ?? results.find(({ outcome }) => outcome === 'stale') ?? results[0] ?? EMPTY;
}

type Ended = Pick<ReadResult<unknown>, 'outcome' | 'tier'>;

/** Of no keys. */
const EMPTY: Ended = { outcome: 'bypass', tier: null };

function isObserver(middleware: ICacheMiddleware): middleware is FreshHitObserver {
  return middleware.onFreshHit !== undefined;
}

function assertLoader(load: unknown): void {
  if (typeof load === 'function') return;
  throw new CacheError('OPTION_INVALID', `The loader must be a function; got ${typeof load}.`);
}
