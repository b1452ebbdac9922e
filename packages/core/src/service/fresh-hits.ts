import type { HeldEntry } from '../entry/held-entry.js';
import { assertKey } from '../key/key-rules.js';
import type { HitTimes } from '../entry/entry.js';
import type { ICacheMiddleware } from '../middleware/cache-middleware.js';
import { CACHE_CHANNELS } from '../observation/event-channels.js';
import type { OperationEvents } from '../observation/operation-events.js';
import type { CacheOptions, ResolvedCacheOptions } from '../options/cache-options.js';
import type { OptionsResolver } from '../options/options.resolver.js';
import type { IsEnough } from '../repository/found-entry.js';
import type { CacheStrategyManager } from '../strategy/cache-strategy.manager.js';
import type { CacheRuntime } from './cache.runtime.js';
import { isEasy, takesShortWay } from './short-way.js';

const { read: READS } = CACHE_CHANNELS;

/** The short way is left this many load times before an entry gets stale: its strategy may refresh it early. */
const EARLY_LOADS = 12;

export interface FreshHitsOptions {
  readonly runtime: CacheRuntime;
  readonly strategies: CacheStrategyManager;
  /** The application's own, which is told of fresh hits. */
  readonly middleware: readonly ICacheMiddleware[];
  readonly events: OperationEvents;
  readonly options: OptionsResolver;
}

type OwnHitObserver = ICacheMiddleware & Required<Pick<ICacheMiddleware, 'onFreshHit'>>;
type SharedHitObserver = ICacheMiddleware & Required<Pick<ICacheMiddleware, 'onSharedHit'>>;

/**
 * The short ways of reads: a fresh, valid entry answers at once, past middleware and strategies, where all of these are
 * content with being told, or have nothing else to do.
 */
export class FreshHits {
  readonly #options: FreshHitsOptions;
  readonly #runtime: CacheRuntime;
  /** Who is told of fresh hits of this process, if they may take the short way; `null`: they may not. */
  readonly #own: readonly OwnHitObserver[] | null;
  /** The same for those of the shared tier. */
  readonly #shared: readonly SharedHitObserver[] | null;
  /** The strategy of calls without options of their own. */
  readonly #usual: string;
  /** Options that take the short way, and can't change: those that were last read with. */
  #constant: CacheOptions | undefined;

  constructor(options: FreshHitsOptions) {
    const { strategies, middleware, runtime } = options;
    this.#options = options;
    this.#runtime = runtime;
    this.#usual = strategies.select(options.options.resolve(undefined)).name;
    const own = strategies.isPlainOnFresh && middleware.every(isOwnObserver) ? middleware : null;
    this.#own = runtime.repository.hasOwnTier ? own : null;
    this.#shared = own?.every(isSharedObserver) ? own : null;
  }

  /** Whether it matters how long a hit of the shared tier took. */
  get areTimed(): boolean {
    return this.#shared?.length !== 0;
  }

  /** What this process holds and answers with; `null`: it takes a longer way, which may find the same, or say what is wrong. */
  own(key: string, options: CacheOptions | undefined): HeldEntry | null {
    try {
      return this.#ownHit(key, options);
    } catch {
      return null; // options that can't be read, or an observer that failed
    }
  }

  /**
   * The options of a read that the shared tier may answer without anybody being asked; `null`: it takes a longer way,
   * which may find the same, or say what is wrong.
   */
  sharedWay(
    key: string,
    load: unknown,
    options: CacheOptions | undefined,
  ): ResolvedCacheOptions | null {
    const { lifecycle, flags, gate } = this.#runtime;
    if (!this.#shared || !lifecycle.isOpen || READS.hasSubscribers || typeof load !== 'function')
      return null;
    try {
      if (!flags.isEnabled(options?.template)) return null;
      if (options !== undefined && !takesShortWay(options)) return null;
      assertKey(key);
      const resolver = this.#options.options;
      const resolved = resolver.resolve(options);
      // A rule may have made it so.
      if (gate.concerns(resolved) || !isEasy(resolved)) return null;
      if (options !== undefined && resolver.isConstant(options)) this.#constant = options;
      return resolved;
    } catch {
      return null;
    }
  }

  /** Whether every strategy of ours would answer with it, and do nothing else. */
  readonly isPlainlyFresh: IsEnough = ({ isSoftened, staleAt, loadMs }, nowMs) =>
    !isSoftened && staleAt - nowMs > loadMs * EARLY_LOADS;

  /** Tells of a fresh hit of the shared tier; false: an observer failed, and the long way will say what is wrong. */
  tellShared(key: string, options: ResolvedCacheOptions, ms: number, entry: HitTimes): boolean {
    if (!this.#shared || this.#shared.length === 0) return true;
    const { name } = this.#options.strategies.select(options);
    try {
      for (const observer of this.#shared) {
        observer.onSharedHit(options.template, name, key, ms, entry);
      }
      return true;
    } catch {
      return false;
    }
  }

  #ownHit(key: string, options: CacheOptions | undefined): HeldEntry | null {
    const runtime = this.#runtime;
    if (!this.#own || !runtime.lifecycle.isOpen) return null;
    if (!runtime.flags.isEnabled(options?.template)) return null;
    if (options !== this.#constant && options !== undefined && !this.#isIndifferent(options))
      return null;
    const now = runtime.clock.now();
    const held = runtime.repository.peek(key, now);
    if (!held || !this.isPlainlyFresh(held, now) || !this.#isWanted(key, held, options))
      return null;
    if (READS.hasSubscribers) this.#options.events.onFreshHit(options?.template ?? 'unnamed');
    for (const observer of this.#own) {
      observer.onFreshHit(options?.template ?? 'unnamed', this.#usual, key, now, held);
    }
    return held;
  }

  /** Whether a fresh entry is all that they ask for: as they were written, and as rules of plugins understand them. */
  #isIndifferent(options: CacheOptions): boolean {
    if (!takesShortWay(options)) return false;
    const resolver = this.#options.options;
    if (!resolver.hasRules) return true;
    const resolved = resolver.resolve(options);
    return isEasy(resolved) && !this.#runtime.gate.concerns(resolved);
  }

  /** Whether it is of the version, and held in the way, that the caller would get on the long way. */
  #isWanted(key: string, held: HeldEntry, options: CacheOptions | undefined): boolean {
    const { versions } = this.#runtime;
    const isVersion =
      versions.isUniform ||
      held.schemaVersion === versions.versionOf(options?.template ?? 'unnamed', key);
    return (
      isVersion &&
      held.fits(options?.isolation ?? this.#options.options.resolve(undefined).isolation)
    );
  }
}

function isOwnObserver(middleware: ICacheMiddleware): middleware is OwnHitObserver {
  return middleware.onFreshHit !== undefined;
}

function isSharedObserver(
  middleware: OwnHitObserver,
): middleware is OwnHitObserver & SharedHitObserver {
  return middleware.onSharedHit !== undefined;
}
