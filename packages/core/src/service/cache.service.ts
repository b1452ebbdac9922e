import { setImmediate as nextTurn } from 'node:timers/promises';

import { CacheError } from '../errors/cache.error.js';
import type { Fence } from '../journal/fence.js';
import { assertToken } from '../journal/read-token.js';
import { assertTags } from '../key/key-rules.js';
import { CacheKeyFactory, type ICacheKeyFactory } from '../key/cache-key.factory.js';
import type { CacheMiddlewareChain } from '../middleware/cache-middleware.chain.js';
import type { CacheOptions } from '../options/cache-options.js';
import type { SettingChanged, SettingsChange } from '../flags/settings-change.js';
import type { RuntimeSettings } from '../flags/runtime-settings.js';
import type { SettingsResult } from '../flags/feature-flags.service.js';
import type { CommitScope, CommitWork } from '../commit/commit-scope.js';
import type { CacheHealth, CacheHealthReport } from '../health/cache-health.js';
import type {
  CacheStats,
  HealthcareCacheMetrics,
  PerformanceMetrics,
} from '../observation/cache-metrics.js';
import type { PluginRunner } from '../plugin/plugin-runner.js';
import type {
  CacheWarmer,
  WarmItem,
  WarmLimits,
  WarmResult,
  WarmSelection,
} from '../warming/cache-warmer.js';
import type { WarmerRegistry } from '../warming/warmer-registry.js';
import type { ICacheProvider } from '../provider/cache-provider.js';
import type { CacheStrategyManager } from '../strategy/cache-strategy.manager.js';
import type { Loader, PrefetchResult, ReadResult } from '../strategy/read-request.js';
import type { BatchLoader } from './batch-load.js';
import type { CacheConfig } from './cache-config.js';
import { operationOf } from './cache-operations.js';
import type { CacheEraser } from './cache.eraser.js';
import type { CacheReader } from './cache.reader.js';
import type { CacheReports } from './cache-reports.js';
import type {
  BatchSetItem,
  BatchSetResult,
  CacheStatus,
  Explanation,
  InvalidationOptions,
  InvalidationResult,
  SetResult,
  UpdateResult,
} from './cache-results.js';
import type { CacheRuntime } from './cache.runtime.js';
import { assembleCache } from './cache-parts.js';
import type { CacheWriter } from './cache.writer.js';
import type { Probe } from './entry.probe.js';
import type { Change } from './entry.updater.js';
import { StoreKeeper } from './store-keeper.js';

/**
 * The cache: one service for everything. Reads never fail because of the cache; an invalidation that was not recorded
 * says so. Nothing is served that was loaded before an invalidation which covers it.
 */
export class CacheService<F extends ICacheKeyFactory = CacheKeyFactory> {
  readonly #runtime: CacheRuntime;
  readonly #plugins: PluginRunner<object>;
  readonly #reports: CacheReports;
  readonly #strategies: CacheStrategyManager;
  readonly #chain: CacheMiddlewareChain;
  readonly #reader: CacheReader;
  readonly #writer: CacheWriter;
  readonly #eraser: CacheEraser;
  readonly #warmers: WarmerRegistry;
  readonly #commits: CommitScope;
  readonly #keyFactory: F;
  readonly #storeKeeper: StoreKeeper;
  readonly #closing = new AbortController();
  #started: Promise<void> | null = null;
  #closed: Promise<void> | null = null;
  /** What is warmed at start; goes on in the background. */
  #warming: Promise<WarmResult> | null = null;

  /** @throws CacheError `CONFIG_INVALID` */
  constructor(provider: ICacheProvider, config: CacheConfig<F> = {}) {
    const parts = assembleCache(provider, config);
    this.#runtime = parts.runtime;
    this.#plugins = parts.plugins;
    this.#reports = parts.reports;
    this.#strategies = parts.strategies;
    this.#chain = parts.chain;
    this.#reader = parts.reader;
    this.#writer = parts.writer;
    this.#eraser = parts.eraser;
    this.#warmers = parts.warmers;
    this.#commits = parts.commits;
    this.#keyFactory = config.keyFactory ?? (new CacheKeyFactory() as ICacheKeyFactory as F);
    this.#storeKeeper = new StoreKeeper(parts.runtime);
    this.#plugins.attach(this);
  }

  /**
   * Connects to the store. Optional: the first operation does it too, but for plugins, which start here, and warmers, which
   * begin here and go on in the background. Resolves also
   * when the store can't be reached; the cache then works without it and keeps trying. Rejects with what a plugin
   * refuses to start with, or its protection of data can't be opened for: nothing is read or stored then, loaders are called,
   * and what writes or invalidates rejects with the same.
   */
  start(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  /** Ends background work, gives queued invalidations a last try and closes the store. It can't be opened again. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  get namespace(): string {
    return this.#runtime.keys.namespace;
  }

  getKeyFactory(): F {
    return this.#keyFactory;
  }

  /**
   * The cached value of `key`, or what `load` gives, which is then cached. Callers must not change the value: it is
   * shared and frozen, unless `isolation` says otherwise or it could not be cached.
   * @throws CacheError `KEY_INVALID`, `TAG_INVALID`, `OPTION_INVALID`, `FEATURE_MISSING` before anything is loaded;
   * otherwise rejects only with what `load` rejected with, or with `LOAD_TIMEOUT`, `LOAD_FAILED`, `LOAD_REENTRANT`.
   */
  cache<T>(key: string, load: Loader<T>, options?: CacheOptions): Promise<T> {
    const held = this.#reader.freshHit(key, options);
    return held ? Promise.resolve(held.value as T) : this.#reader.value(key, load, options);
  }

  /** As {@link cache}, and says where the value came from and how old it is. */
  read<T>(key: string, load: Loader<T>, options?: CacheOptions): Promise<ReadResult<T>> {
    return this.#reader.read(key, load, options);
  }

  /**
   * What {@link read} would answer with at once, because this process holds it fresh, and counted as such a read; `null`:
   * it would have to look further or to load. Synchronous, and says nothing of what is wrong with its arguments.
   */
  readHeld<T>(key: string, options?: CacheOptions): ReadResult<T> | null {
    return this.#reader.held<T>(key, options);
  }

  /**
   * As {@link read}, for nobody, so that later reads hit; counted apart from them. It gives no value: of protected data
   * nobody was asked whether they may have it.
   */
  prefetch(key: string, load: Loader<unknown>, options?: CacheOptions): Promise<PrefetchResult> {
    return this.#reader.prefetch(key, load, options);
  }

  /**
   * Many values at once: what is cached, and for the rest what one call of `loadMissing` gives, which is then cached.
   * In the order of `keys`, which may repeat; what the loader does not know is `null`.
   * @throws as {@link cache}; when the loader rejects, so does this
   */
  cacheMany<T>(
    keys: readonly string[],
    loadMissing: BatchLoader<T>,
    options?: CacheOptions,
  ): Promise<(T | null)[]> {
    return this.#reader.readMany(keys, loadMissing, options);
  }

  /**
   * The cached value, also a stale one, or `null`. Never loads. Protected data is found only with the options that it is read
   * with, and by whoever may: without them this is `null`.
   * @throws CacheError `KEY_INVALID`, `OPTION_INVALID`; what refuses a read of protected data
   */
  get<T = string>(key: string, options?: CacheOptions): Promise<T | null> {
    return options === undefined
      ? this.#reader.plainLooks.get<T>(key)
      : this.#reader.looks.get<T>(key, options);
  }

  /**
   * The cached values in the order of `keys`, which may repeat; `null` for what is not cached or could not be read.
   * @throws CacheError `KEY_INVALID`
   */
  batchGet<T = string>(keys: readonly string[]): Promise<(T | null)[]> {
    return this.#reader.plainLooks.getMany<T>(keys);
  }

  /**
   * Runs `work`, and says as well whether protected data was read for it, from whichever cache of the process: what is made
   * of that must be no more open. Rejects as `work` does. @throws CacheError `OPTION_INVALID`
   */
  async watchProtected<T>(
    work: () => T | PromiseLike<T>,
  ): Promise<{ readonly value: T; readonly isOfProtected: boolean }> {
    assertFunction('What is watched', work);
    return this.#runtime.nested.watch(work);
  }

  /**
   * Stores a value and makes what was stored before invalid, everywhere. It is not stored if something invalidates it
   * at the same time, and so costs a journal record. A `get` of the same async context that missed the key counts as
   * the beginning of looking the value up. One that a helper awaited after awaiting something else is of another context:
   * then, and for values that are older than this call, `since: cache.fence()` from before the look says it. `options`: seconds to live, or as for {@link cache}.
   * @throws CacheError `KEY_INVALID`, `TAG_INVALID`, `OPTION_INVALID`, `VALUE_INVALID`
   */
  set(key: string, value: unknown, options?: number | CacheOptions): Promise<SetResult> {
    return this.#writer.set(key, value, options);
  }

  /**
   * Changes a value as one step: `change` gets the cached value, or `null` when nothing valid is cached, and gives the
   * new one, or `undefined` to leave things as they are. What others wrote in between makes it start again, so it may
   * be called several times. A cache may forget: whatever must not be lost belongs into the source first.
   * @throws CacheError as {@link set}, `STORE_UNAVAILABLE`, `STORE_TIMEOUT`; and what `change` throws
   */
  update<T>(
    key: string,
    change: Change<T>,
    options?: number | CacheOptions,
  ): Promise<UpdateResult<T>> {
    return this.#writer.update(key, change, options);
  }

  /**
   * Stores several values, each as {@link set} does; of two with one key the later one. What can't be stored is counted,
   * and its key made invalid; so is what is left when a part of a large batch takes longer than `invalidationDeadlineMs`.
   * @throws CacheError `KEY_INVALID`, `TAG_INVALID`, `OPTION_INVALID` before anything is written
   */
  batchSet(items: readonly BatchSetItem[]): Promise<BatchSetResult> {
    return this.#writer.setMany(items);
  }

  /** Makes one key invalid everywhere; resolves with whether an entry was removed. Rejects when not recorded. */
  async del(key: string): Promise<boolean> {
    return (await this.#eraser.delete([key], operationOf('del', { key }))) > 0;
  }

  /**
   * Makes several keys invalid everywhere; resolves with the number of entries that existed. Rejects when not recorded.
   * @throws CacheError `KEY_INVALID`, `NOT_RECORDED`
   */
  async batchDelete(keys: readonly string[]): Promise<number> {
    return this.#eraser.delete(keys, operationOf('del', { keys }));
  }

  /** Makes one key and its variants invalid, everywhere. @throws CacheError `KEY_INVALID`, `OPTION_INVALID` */
  invalidateCache(key: string, options?: InvalidationOptions): Promise<InvalidationResult> {
    return this.#eraser.byKey(key, options);
  }

  /**
   * Makes every key that matches a Redis glob invalid, everywhere: `*` (also across ':'), `?`, `[a-c]`, `\` before a
   * character that is meant literally. At most 256 bytes. @throws CacheError `PATTERN_INVALID`, `OPTION_INVALID`
   */
  invalidateCacheByPattern(
    pattern: string,
    options?: InvalidationOptions,
  ): Promise<InvalidationResult> {
    return this.#eraser.byPattern(pattern, options);
  }

  /**
   * Makes every entry with the tag invalid, everywhere, however many there are.
   * @throws CacheError `TAG_INVALID`, `OPTION_INVALID`
   */
  invalidateCacheByTag(tag: string, options?: InvalidationOptions): Promise<InvalidationResult> {
    return this.#eraser.byTag(tag, options);
  }

  /**
   * As {@link invalidateCacheByTag}, for several tags in one step.
   * @throws CacheError `TAG_INVALID`, `OPTION_INVALID`
   */
  invalidateCacheByTags(
    tags: readonly string[],
    options?: InvalidationOptions,
  ): Promise<InvalidationResult> {
    return this.#eraser.byTags(tags, options);
  }

  /** Makes everything in the namespace invalid, everywhere. @throws CacheError `OPTION_INVALID` */
  clear(options?: InvalidationOptions): Promise<InvalidationResult> {
    return this.#eraser.everything(options);
  }

  /**
   * Waits until this process has applied everything up to a stamp (of an invalidation, in this process or another) or a
   * token; resolves with false when the store did not say in time. @throws CacheError `OPTION_INVALID`
   */
  async waitFor(stamp: number | string): Promise<boolean> {
    if (typeof stamp !== 'number') assertToken(stamp);
    if (!this.#runtime.gate.isOpen) return false;
    if (typeof stamp === 'number') return this.#runtime.journal.waitFor(stamp);
    return this.#runtime.catchUp(stamp);
  }

  /**
   * A token of an invalidation's stamp, or of everything that this process knows of, for `after` in another process or
   * a later request; fit for a header. `null` before the store was reached.
   */
  tokenOf(stamp?: number): string | null {
    return this.#runtime.journal.tokenOf(stamp);
  }

  /** The fence of values that are looked up from now on, for `since`; `null` while nothing may be stored. */
  fence(): Fence | null {
    return this.#runtime.journal.fence();
  }

  /**
   * Why the next read of a key would go as it would. `options`: those of that read; without them protected data is `absent`.
   * @throws CacheError `KEY_INVALID`, `OPTION_INVALID`; what refuses a read of protected data
   */
  explain(key: string, options?: CacheOptions): Promise<Explanation> {
    return this.#reader.looks.explain(key, options);
  }

  /**
   * Whether what a read of a key would be served now is still valid by the journal as the store has it: an audit of this
   * process, which costs a question to the store and changes nothing. Loads and refreshes nothing, counts as no read, and
   * rejects only with @throws CacheError `KEY_INVALID`
   */
  async probe(key: string): Promise<Probe> {
    await this.#runtime.lifecycle.ready();
    return this.#runtime.probe.look(key);
  }

  /** How the cache is doing. Never rejects. */
  status(): Promise<CacheStatus> {
    return this.#reports.status();
  }

  /** Hits and misses of this process. @throws CacheError `FEATURE_MISSING` without a plugin that measures */
  async getCacheStats(): Promise<CacheStats> {
    return this.#reports.metrics('getCacheStats').stats();
  }

  /** How this process's cache performs. @throws CacheError `FEATURE_MISSING` without a plugin that measures */
  async getCacheMetrics(): Promise<PerformanceMetrics> {
    return this.#reports.metrics('getCacheMetrics').performance();
  }

  /** Hits by kind of healthcare data. @throws CacheError `FEATURE_MISSING` without a plugin that measures */
  async getHealthcareCacheMetrics(): Promise<HealthcareCacheMetrics> {
    return this.#reports.metrics('getHealthcareCacheMetrics').healthcare();
  }

  /** How the cache is, in five fields that may be shown to anyone. Never rejects. */
  async getCacheHealth(): Promise<CacheHealth> {
    const { reasons: _reasons, ...health } = await this.#reports.health();
    return health;
  }

  /** {@link getCacheHealth} with a sentence for everything that is wrong, for those who run it. Never rejects. */
  getCacheHealthReport(): Promise<CacheHealthReport> {
    return this.#reports.health();
  }

  /** What can be changed while the cache runs, as it is in force now. */
  get settings(): RuntimeSettings {
    return this.#runtime.flags.values;
  }

  /** Tells `listener` of every change of the settings, whoever made it. Returns what ends that. */
  onSettingChanged(listener: (change: SettingChanged) => void): () => void {
    assertFunction('The listener', listener);
    return this.#runtime.flags.onChange(listener);
  }

  /**
   * Changes settings here and in all processes of the namespace, all or nothing.
   * @throws CacheError `OPTION_INVALID`, `CONFIG_INVALID`, `STORE_UNAVAILABLE`, `STORE_TIMEOUT`, `STORE_REFUSED`
   */
  async configure(change: SettingsChange): Promise<SettingsResult> {
    const { changes, announced } = await this.#chain.run(operationOf('configure'), async () => {
      await this.#runtime.lifecycle.nameable();
      const result = await this.#runtime.flags.change(change);
      return { ...result, outcome: 'done' as const, tier: null };
    });
    return { changes, announced };
  }

  /**
   * Takes a call of an operator through all middleware before anything is done for it: recorded there, or refused by what
   * one of them throws. @param action a word of the code, never an id
   */
  async announceAdminCall(action: string): Promise<void> {
    await this.#chain.run(operationOf('admin', { template: action }), async () => ({
      outcome: 'done' as const,
      tier: null,
    }));
  }

  /** @throws CacheError `CONFIG_INVALID` */
  registerWarmer(warmer: CacheWarmer): void {
    this.#warmers.register(warmer);
  }

  /**
   * Reads what the selected warmers name (all, if none is selected) through the cache. Never rejects because of one.
   * @throws CacheError `OPTION_INVALID` for a limit out of range, `CONFIG_INVALID` for one that there is none of
   */
  warm(selection: WarmSelection = {}, limits?: WarmLimits): Promise<WarmResult> {
    const readThrough = async ({ key, load, options }: WarmItem) => {
      const { outcome, expiresInMs } = await this.prefetch(key, load, options);
      return { outcome: expiresInMs === null ? ('bypass' as const) : outcome }; // nothing was stored
    };
    return this.#warmers.run(selection, readThrough, limits);
  }

  /** Warms a clinic and its doctors. */
  warmClinicCache(clinicId: string, limits?: WarmLimits): Promise<WarmResult> {
    return this.warm({ kinds: ['clinic', 'doctor'], clinicId }, limits);
  }

  /** Warms the patients whom a clinic expects. */
  warmHealthcareCache(clinicId: string, limits?: WarmLimits): Promise<WarmResult> {
    return this.warm({ kinds: ['patient'], clinicId }, limits);
  }

  /**
   * Runs a transaction; what was handed to {@link afterCommit} inside is done when it is committed, and not at all when
   * it is rolled back. Resolves or rejects as the transaction does.
   */
  async inTransaction<T>(transaction: () => Promise<T>): Promise<T> {
    assertFunction('A transaction', transaction);
    return this.#commits.run(transaction);
  }

  /** Does `work`, such as invalidating, after the surrounding {@link inTransaction} is committed; without one, now. */
  async afterCommit<R>(work: () => Promise<R>): Promise<CommitWork<R>> {
    assertFunction('What is to be done after a commit', work);
    return this.#commits.afterCommit(work);
  }

  /**
   * Tells `listener`, in every process, that one of the tags was invalidated, or that it may have been without this process
   * hearing of it; soon after the start at the earliest. What it throws is its own concern. Returns what ends that.
   */
  async onTagInvalidated(tags: readonly string[], listener: () => void): Promise<() => void> {
    assertTags(tags);
    assertFunction('The listener', listener);
    await this.#runtime.lifecycle.nameable();
    const { hasher, journal } = this.#runtime;
    return journal.subscribe(hasher.coverHashes('tag', tags), listener);
  }

  /** For classes that extend this one. */
  protected get storeKeeper(): StoreKeeper {
    return this.#storeKeeper;
  }

  /** Resolves when loads under way have ended and what they gave is stored. */
  settled(): Promise<void> {
    return this.#runtime.loader.settled();
  }

  async #start(): Promise<void> {
    const { lifecycle, gate } = this.#runtime;
    await lifecycle.start();
    if (gate.refusal) throw gate.refusal;
    if (lifecycle.isClosed) return;
    await this.#plugins.start(this);
    const isWarmed = this.settings.warming && this.#warmers.names.length > 0;
    if (isWarmed) this.#warming = this.warm({}, { signal: this.#closing.signal });
  }

  async #close(): Promise<void> {
    const { lifecycle, engine, loader, errors } = this.#runtime;
    this.#closing.abort(null);
    engine.endRefreshes();
    if (this.#warming) await lifecycle.bounded(this.#warming);
    // What is under way needs plugins to its end: an audit, for one.
    const hasEnded = await lifecycle.bounded(this.settled().then(() => true));
    if (!hasEnded) loader.close();
    await nextTurn();
    await this.#plugins.close();
    const closing = (): Promise<void> => this.#strategies.close();
    await lifecycle.bounded(errors.guard('plugin-failed', closing, () => undefined));
    await lifecycle.close();
    this.#commits.close();
  }
}

function assertFunction(what: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new CacheError('OPTION_INVALID', `${what} must be a function; got ${typeof value}.`);
}
