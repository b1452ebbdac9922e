import { within } from '../clock/clock.js';
import { CacheError } from '../errors/cache.error.js';
import type { Coverage } from '../journal/journal-record.js';
import { CacheKeyFactory, type ICacheKeyFactory } from '../key/cache-key.factory.js';
import type { CacheOperation, OperationResult } from '../middleware/cache-middleware.js';
import { CacheMiddlewareChain } from '../middleware/cache-middleware.chain.js';
import { ValidationCacheMiddleware } from '../middleware/validation-cache.middleware.js';
import {
  CACHE_DEFAULTS,
  type CacheDefaults,
  type CacheOptions,
  type ResolvedCacheOptions,
} from '../options/cache-options.js';
import { resolveOptions } from '../options/resolve-options.js';
import type { ICacheProvider } from '../provider/cache-provider.js';
import { CacheStrategyManager } from '../strategy/cache-strategy.manager.js';
import type { Loader, ReadResult } from '../strategy/read-request.js';
import { StandardCacheStrategy } from '../strategy/standard-cache.strategy.js';
import type { CacheConfig } from './cache-config.js';
import {
  keyCoverage,
  operationOf,
  outcomeOf,
  patternCoverage,
  tagCoverage,
} from './cache-operations.js';
import type { CacheStatus, InvalidationResult, SetResult } from './cache-results.js';
import { CacheRuntime, uncached } from './cache.runtime.js';

/**
 * The cache: one service for everything. Reads never fail because of the cache; an invalidation that was not recorded
 * says so. Nothing is served that was loaded before an invalidation which covers it.
 */
export class CacheService<F extends ICacheKeyFactory = CacheKeyFactory> {
  readonly #runtime: CacheRuntime;
  readonly #strategies: CacheStrategyManager;
  readonly #chain: CacheMiddlewareChain;
  readonly #keyFactory: F;
  readonly #defaults: CacheDefaults;
  readonly #isEnabled: boolean;
  readonly #removalMs: number;

  /** @throws CacheError `CONFIG_INVALID` */
  constructor(provider: ICacheProvider, config: CacheConfig<F> = {}) {
    this.#runtime = new CacheRuntime(provider, config);
    this.#strategies = new CacheStrategyManager([
      ...(config.strategies ?? []),
      new StandardCacheStrategy(),
    ]);
    this.#chain = new CacheMiddlewareChain([
      new ValidationCacheMiddleware(),
      ...(config.middleware ?? []),
    ]);
    this.#keyFactory = config.keyFactory ?? (new CacheKeyFactory() as ICacheKeyFactory as F);
    const enableSwr = this.#strategies.has('swr'); // without it nothing is ever stale
    this.#defaults = { ...CACHE_DEFAULTS, enableSwr, ...config.defaults };
    this.#isEnabled = config.enabled ?? true;
    this.#removalMs = config.invalidationDeadlineMs ?? 2_000;
  }

  /**
   * Connects to the store. Optional: the first operation does it too. Resolves also when the store can't be reached;
   * the cache then works without it and keeps trying.
   */
  start(): Promise<void> {
    return this.#runtime.start();
  }

  /** Ends background work, gives queued invalidations a last try and closes the store. */
  async close(): Promise<void> {
    await this.#runtime.bounded(this.#strategies.close());
    await this.#runtime.close();
  }

  getKeyFactory(): F {
    return this.#keyFactory;
  }

  /**
   * The cached value of `key`, or what `load` gives, which is then cached. Callers must not change the value: it is
   * shared and frozen.
   * @throws CacheError `KEY_INVALID`, `TAG_INVALID`, `OPTION_INVALID`, `FEATURE_MISSING` before anything is loaded;
   * otherwise rejects only with what `load` rejected with.
   */
  async cache<T>(key: string, load: Loader<T>, options: CacheOptions = {}): Promise<T> {
    return (await this.read(key, load, options)).value;
  }

  /** As {@link cache}, and says where the value came from and how old it is. */
  async read<T>(key: string, load: Loader<T>, options: CacheOptions = {}): Promise<ReadResult<T>> {
    if (typeof load !== 'function') {
      throw new CacheError('OPTION_INVALID', `The loader must be a function; got ${typeof load}.`);
    }
    const resolved = this.#resolve(options);
    const strategy = this.#strategies.select(resolved);
    const operation = operationOf('read', {
      key,
      template: resolved.template,
      options: resolved,
      strategy: strategy.name,
      tags: typeof resolved.tags === 'function' ? [] : resolved.tags,
    });
    const request = { key, load, options: resolved };
    return this.#chain.run(operation, () =>
      this.#isEnabled ? this.#runtime.read(request, strategy) : this.#runtime.bypass(request),
    );
  }

  /** The cached value, also a stale one, or `null`. Never loads. @throws CacheError `KEY_INVALID` */
  async get<T = string>(key: string): Promise<T | null> {
    const result = await this.#chain.run(operationOf('get', { key }), async () => {
      await this.#runtime.ready();
      const found = this.#isEnabled ? await this.#runtime.find(key) : null;
      if (!found || found.entry.expiresAt <= this.#runtime.now())
        return uncached<T | null>(null, 'miss');
      const isStale = found.entry.staleAt <= this.#runtime.now();
      return this.#runtime.answer<T | null>(found, isStale ? 'stale' : 'hit');
    });
    return result.value;
  }

  /**
   * Stores a value and makes what was stored before invalid, everywhere. It is not stored if something invalidates it
   * at the same time, and so costs a journal record. `options`: seconds to live, or options as for {@link cache}.
   * @throws CacheError `KEY_INVALID`, `TAG_INVALID`, `OPTION_INVALID`, `VALUE_INVALID`
   */
  async set(key: string, value: unknown, options: number | CacheOptions = {}): Promise<SetResult> {
    const resolved = this.#resolve(typeof options === 'number' ? { ttl: options } : options);
    if (value === undefined) {
      throw new CacheError('VALUE_INVALID', 'undefined is never cached; use null or del().');
    }
    const strategy = this.#strategies.select(resolved);
    const operation = operationOf('set', {
      key,
      options: resolved,
      template: resolved.template,
      strategy: strategy.name,
      tags: typeof resolved.tags === 'function' ? [] : resolved.tags,
    });
    const result = await this.#chain.run(operation, () => this.#set(key, value, resolved));
    const { stamp, recorded, queued, stored } = result;
    return { stamp, recorded, queued, stored };
  }

  /** Makes one key invalid everywhere; resolves with whether an entry was removed. Rejects when not recorded. */
  async del(key: string): Promise<boolean> {
    const result = await this.#invalidate(
      operationOf('del', { key }),
      () => keyCoverage(key),
      () => this.#runtime.repository.remove([key]),
    );
    if (result.recorded) return (result.removed ?? 1) > 0;
    throw new CacheError('NOT_RECORDED', 'The deletion waits for the store and is tried again.');
  }

  /** Makes one key and its variants invalid, everywhere. @throws CacheError `KEY_INVALID` */
  invalidateCache(key: string): Promise<InvalidationResult> {
    return this.#invalidate(
      operationOf('invalidate', { key }),
      () => keyCoverage(key),
      () => this.#runtime.repository.remove([key]),
    );
  }

  /**
   * Makes every key that matches a Redis glob invalid, everywhere: `*` (also across ':'), `?`, `[a-c]`, `\` before a
   * character that is meant literally. At most 256 bytes. @throws CacheError `PATTERN_INVALID`
   */
  invalidateCacheByPattern(pattern: string): Promise<InvalidationResult> {
    const { store, keys } = this.#runtime;
    return this.#invalidate(
      operationOf('invalidate', { pattern }),
      () => patternCoverage(pattern),
      () => store.sweep?.invalidateCacheByPattern(keys.entryPattern(pattern), this.#removalMs),
    );
  }

  /** Makes every entry with the tag invalid, everywhere, however many there are. @throws CacheError `TAG_INVALID` */
  invalidateCacheByTag(tag: string): Promise<InvalidationResult> {
    const { store } = this.#runtime;
    const operation = operationOf('invalidate', { tags: [tag] });
    const remove = () => store.tagIndex?.invalidateCacheByTag(tag);
    return this.#invalidate(operation, () => tagCoverage(tag), remove);
  }

  /** Makes everything in the namespace invalid, everywhere. */
  clear(): Promise<InvalidationResult> {
    const { store, keys, repository } = this.#runtime;
    return this.#invalidate(
      operationOf('clear'),
      () => ({ kind: 'clear' }),
      () => {
        repository.forget();
        return store.sweep?.invalidateCacheByPattern(keys.everyEntry, this.#removalMs);
      },
    );
  }

  /**
   * Waits until this process has applied everything up to `stamp` (of an invalidation, in this process or another);
   * resolves with false when the store did not say in time.
   */
  waitFor(stamp: number): Promise<boolean> {
    return this.#runtime.journal.waitFor(stamp);
  }

  /** How the cache is doing. Never rejects. */
  async status(): Promise<CacheStatus> {
    const { provider, keys, journal, repository, faults } = this.#runtime;
    return {
      provider: provider.name ?? 'custom',
      namespace: keys.namespace,
      enabled: this.#isEnabled,
      store: await this.#runtime.storeStatus(),
      journal: journal.status,
      l1: repository.l1,
      faults: { ...faults },
    };
  }

  /** Resolves when loads under way have ended and what they gave is stored. */
  settled(): Promise<void> {
    return this.#runtime.loader.settled();
  }

  #resolve(options: CacheOptions): ResolvedCacheOptions {
    const resolved = resolveOptions(options, this.#defaults);
    const wantsSwr = options.enableSwr ?? options.useSwr ?? options.enableSWR ?? false;
    if (wantsSwr && !this.#strategies.has('swr')) {
      throw new CacheError(
        'FEATURE_MISSING',
        'enableSwr needs a strategy: install @vitalcache/swr and pass `strategies: [new SWRCacheStrategy()]`.',
      );
    }
    return resolved;
  }

  async #set(
    key: string,
    value: unknown,
    options: ResolvedCacheOptions,
  ): Promise<SetResult & OperationResult> {
    const { journal, repository, loader, clock } = this.#runtime;
    await this.#runtime.ready();
    const fence = journal.fence();
    const coverage = keyCoverage(key);
    if (!fence || !this.#isEnabled || options.ttlMs === 0) {
      return { ...outcomeOf(await journal.invalidate([coverage])), stored: false };
    }
    const entry = loader.prepare(key, value, options, fence, clock.now());
    const { fence: ownFence, ...recorded } = await journal.recordSet(
      entry.subject,
      fence,
      coverage,
    );
    if (ownFence) {
      const fenced = { ...entry, meta: { ...entry.meta, fence: ownFence } };
      await this.#bounded(repository.store(fenced, repository.hold(fenced)), () => {
        this.#runtime.faults['store-write-failed']++;
      });
    }
    return { ...outcomeOf(recorded), stored: ownFence !== null };
  }

  /** The store's own work, which is over in time or not waited for; it never makes an operation fail. */
  async #bounded<T>(work: Promise<T>, onFailed: () => void): Promise<T | undefined> {
    const guarded = work.catch(() => onFailed());
    const result = await within(this.#runtime.clock, this.#removalMs, guarded, onFailed);
    return result as T | undefined;
  }

  async #invalidate(
    operation: CacheOperation,
    coverage: () => Coverage,
    remove: () => Promise<number | null | { readonly removed: number }> | undefined,
  ): Promise<InvalidationResult> {
    const result = await this.#chain.run(operation, async () => {
      await this.#runtime.ready();
      const recorded = await this.#runtime.journal.invalidate([coverage()]);
      const removed = recorded.recorded
        ? await this.#bounded(Promise.resolve().then(remove), () => undefined)
        : null;
      const count = typeof removed === 'object' ? (removed?.removed ?? null) : (removed ?? null);
      return { ...outcomeOf(recorded), removed: count };
    });
    const { stamp, recorded, queued, removed } = result;
    return { stamp, recorded, queued, removed };
  }
}
