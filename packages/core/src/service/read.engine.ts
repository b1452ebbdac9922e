import { within, type Clock } from '../clock/clock.js';
import type { FeatureFlagsService } from '../flags/feature-flags.service.js';
import { countsAsOutage } from '../loading/load-backoff.js';
import type { Delivery, ValueLoader } from '../loading/value-loader.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { CacheRepository } from '../repository/cache.repository.js';
import type { FoundEntry } from '../repository/found-entry.js';
import type {
  ReadRequest,
  ReadResult,
  RefreshOutcome,
  RefreshRefusal,
  StrategyEngine,
} from '../strategy/read-request.js';

export interface ReadEngineOptions {
  readonly repository: CacheRepository;
  readonly loader: ValueLoader;
  /** Whether the store of a key may be asked now. */
  readonly isReachable: (key: string) => boolean;
  readonly flags: FeatureFlagsService;
  readonly clock: Clock;
  readonly random: () => number;
  /** A loader failed, whatever its caller gets instead. */
  readonly onLoadFailed: (error: unknown) => void;
}

/** What strategies work with: finding, answering, loading, and what is served when loading fails or is slow. */
export class ReadEngine implements StrategyEngine {
  readonly #options: ReadEngineOptions;
  /** Loads that go on although their caller got something else. */
  readonly #background = new Set<Promise<unknown>>();
  #isEnding = false;
  #isClosed = false;

  constructor(options: ReadEngineOptions) {
    this.#options = options;
  }

  now(): number {
    return this.#options.clock.now();
  }

  get isAdaptive(): boolean {
    return this.#options.flags.values.adaptive;
  }

  random(): number {
    return this.#options.random();
  }

  find(key: string, options: ResolvedCacheOptions): Promise<FoundEntry | null> {
    return this.#isClosed ? Promise.resolve(null) : this.#options.repository.find(key, options);
  }

  answer<T>({ entry, tier }: FoundEntry, outcome: 'hit' | 'stale'): ReadResult<T> {
    const now = this.now();
    return {
      value: entry.value as T,
      outcome,
      tier,
      ageMs: Math.max(0, now - entry.createdAt),
      freshForMs: (entry.isSoftened ? Math.min(now, entry.staleAt) : entry.staleAt) - now,
      expiresInMs: entry.expiresAt - now,
    };
  }

  /** Loads for this caller alone, neither looking into the cache nor storing. */
  async bypass<T>(request: ReadRequest<T>): Promise<ReadResult<T>> {
    const { value } = await this.#options.loader.loadAlone(request);
    return uncached(value as T, 'bypass');
  }

  async load<T>(request: ReadRequest<T>, previous: FoundEntry | null): Promise<ReadResult<T>> {
    const { clock } = this.#options;
    const { softTimeoutMs } = request.options;
    const loading = this.#load<T>(request, previous);
    const spare = previous && this.#spare<T>(previous, request.options);
    if (!spare) return loading;
    try {
      if (softTimeoutMs === 0) return await loading;
      const first = await within(clock, softTimeoutMs, loading, spare);
      if (first === null) return await loading;
      if (first.outcome === 'stale') this.#own(loading);
      return first;
    } catch (error) {
      const instead = countsAsOutage(error) ? spare() : null;
      if (!instead) throw error;
      return instead;
    }
  }

  async #load<T>(request: ReadRequest<T>, previous: FoundEntry | null): Promise<ReadResult<T>> {
    const { loader, onLoadFailed } = this.#options;
    try {
      return this.#delivered<T>(await loader.load(request, previous), request.options);
    } catch (error) {
      onLoadFailed(error);
      throw error;
    }
  }

  refresh<T>(request: ReadRequest<T>, previous: FoundEntry): Promise<RefreshOutcome> {
    return this.#options.loader.refresh(request, previous);
  }

  refreshRefusal(key: string): RefreshRefusal | null {
    const { loader, isReachable, flags } = this.#options;
    if (this.#isEnding) return 'closed';
    if (!flags.isEnabled()) return 'disabled';
    if (loader.isLoading(key)) return 'loading';
    if (!isReachable(key)) return 'breaker-open';
    return loader.isBackingOff(key, 'refresh') ? 'backing-off' : null;
  }

  /** Begins no refresh any more; all else goes on. */
  endRefreshes(): void {
    this.#isEnding = true;
  }

  /** Finds nothing and refreshes nothing any more; resolves when loads that go on without their caller have ended. */
  async close(): Promise<void> {
    this.endRefreshes();
    this.#isClosed = true;
    await Promise.all(this.#background);
  }

  /** An answer with the previous value as long as that may be served; evaluated when it is needed. */
  #spare<T>(
    previous: FoundEntry,
    { staleIfErrorMs }: ResolvedCacheOptions,
  ): () => ReadResult<T> | null {
    const { repository } = this.#options;
    const { entry } = previous;
    const endsAt = Math.min(entry.keptUntil, entry.expiresAt + staleIfErrorMs);
    return () => {
      if (endsAt <= this.now() || !repository.isTrusted(entry)) return null;
      return this.answer<T>(previous, 'stale');
    };
  }

  #delivered<T>(given: Delivery, { isolation }: ResolvedCacheOptions): ReadResult<T> {
    const outcome = given.isJoined ? 'joined' : 'miss';
    if (given.kind === 'bare') return uncached(given.value as T, outcome);
    const { held } = given;
    // What another caller's load holds may be held in another way than this one wants.
    const value = held.fits(isolation) ? held.value : structuredClone(held.value);
    if (!given.isStorable) return uncached(value as T, outcome);
    if (!given.isOwn) return this.answer<T>({ entry: held, tier: 'l2' }, 'hit');
    const answer = this.answer<T>({ entry: held, tier: 'l1' }, 'hit');
    return { ...answer, value: value as T, outcome, tier: null };
  }

  #own(loading: Promise<unknown>): void {
    const owned = loading
      .catch(() => undefined) // counted; its caller has an answer
      .finally(() => this.#background.delete(owned));
    this.#background.add(owned);
  }
}

/** An answer that no entry stands behind. */
export function uncached<T>(value: T, outcome: 'miss' | 'joined' | 'bypass'): ReadResult<T> {
  return { value, outcome, tier: null, ageMs: 0, freshForMs: null, expiresInMs: null };
}
