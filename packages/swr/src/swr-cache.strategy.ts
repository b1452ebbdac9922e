import {
  assertOptionNames,
  BaseCacheStrategy,
  CacheError,
  isProtected,
  STRATEGY_PRECEDENCE,
  type FoundEntry,
  type OptionNames,
  type ReadRequest,
  type ReadResult,
  type ResolvedCacheOptions,
  type StrategyEngine,
} from '@vitalcache/core';

import { RefreshScheduler, type RefreshCounts } from './scheduler/refresh-scheduler.js';
import { SCHEDULER_OPTIONS, type RefreshSchedulerOptions } from './scheduler/scheduler-settings.js';

/** How {@link SWRCacheStrategy} refreshes. */
export interface SWRCacheStrategyOptions extends RefreshSchedulerOptions {
  /** One that others submit work to as well; its bounds were set where it was made, so none may be given here. */
  readonly scheduler?: RefreshScheduler;
  /** A background refresh failed; the stale value was served. No key is given: it may name a person. */
  readonly onRefreshFailed?: (template: string, error: unknown) => void;
}

const NAMES: OptionNames<SWRCacheStrategyOptions> = {
  ...SCHEDULER_OPTIONS,
  scheduler: true,
  onRefreshFailed: true,
};

/**
 * Stale-while-revalidate (the idea of RFC 5861): fresh entries are served; between `staleTime` and `ttl` the entry is
 * served at once while one background load renews it; after `ttl` the caller waits for the loader. What an
 * invalidation covers is never stale but gone. Nothing is refreshed but what was read.
 */
export class SWRCacheStrategy extends BaseCacheStrategy {
  readonly name = 'swr';
  readonly precedence = STRATEGY_PRECEDENCE.swr;
  readonly isPlainOnFresh = true;
  readonly #scheduler: RefreshScheduler;
  readonly #onFailed: (template: string, error: unknown) => void;

  /** @throws CacheError `CONFIG_INVALID` */
  constructor(options: SWRCacheStrategyOptions = {}) {
    super();
    assertOptionNames('SWRCacheStrategy', options, NAMES);
    const { scheduler, onRefreshFailed, ...bounds } = options;
    if (scheduler && Object.keys(bounds).length > 0) {
      throw new CacheError(
        'CONFIG_INVALID',
        `${Object.keys(bounds).join(', ')}: with a scheduler of your own, set this where you make it.`,
      );
    }
    this.#scheduler = scheduler ?? new RefreshScheduler(bounds);
    this.#onFailed = onRefreshFailed ?? (() => undefined);
  }

  get refreshes(): RefreshCounts {
    return this.#scheduler.counts;
  }

  /** {@link refreshes}, flat: what was shed stands under `shed.` and the reason. */
  metrics(): Readonly<Record<string, number>> {
    const { running, queued, done, unchanged, elsewhere, failed, shedBy } = this.refreshes;
    const changed = done - unchanged - elsewhere;
    const numbers: Record<string, number> = {
      running,
      queued,
      changed,
      unchanged,
      elsewhere,
      failed,
    };
    for (const [reason, count] of Object.entries(shedBy)) numbers[`shed.${reason}`] = count;
    return numbers;
  }

  when(options: ResolvedCacheOptions): boolean {
    return options.enableSwr && !isProtected(options);
  }

  /** What was last decided about refreshing the key; `null` if nothing was lately. */
  explain(key: string): string | null {
    return this.#scheduler.explain(key);
  }

  /** Starts no more refreshes and resolves when those that run have ended, or after `deadlineMs`. Default: 5 000. */
  close(deadlineMs?: number): Promise<void> {
    return this.#scheduler.close(deadlineMs);
  }

  protected serve<T>(
    found: FoundEntry,
    request: ReadRequest<T>,
    engine: StrategyEngine,
  ): ReadResult<T> | null {
    const { entry } = found;
    const now = engine.now();
    if (entry.expiresAt <= now) return null;
    const isStale = entry.isSoftened || entry.staleAt <= now;
    if (isStale || isEarly(entry, request.options.earlyRefresh, now, engine.random())) {
      this.#refresh(found, request, engine);
    }
    return engine.answer<T>(found, isStale ? 'stale' : 'hit');
  }

  #refresh<T>(found: FoundEntry, request: ReadRequest<T>, engine: StrategyEngine): void {
    const { key, options } = request;
    this.#scheduler.isAllowedToShed = engine.isAdaptive;
    this.#scheduler.submit({
      key,
      priority: options.priority,
      refusal: () => engine.refreshRefusal(key),
      run: async (waitedMs) => {
        try {
          const isNeeded = waitedMs === 0 || (await isUnchanged(found, request, engine));
          return isNeeded ? await engine.refresh(request, found) : 'elsewhere';
        } catch (error) {
          this.#onFailed(options.template, error);
          throw error;
        }
      },
    });
  }
}

/**
 * Whether to refresh before it is stale, more probably the nearer that is and the longer a load takes, so that of many
 * readers one goes first (XFetch: Vattani, Chiera, Lowenstein, "Optimal Probabilistic Cache Stampede Prevention",
 * PVLDB 8(8), 2015).
 * @param random uniform in [0, 1)
 */
function isEarly(
  { staleAt, loadMs }: FoundEntry['entry'],
  beta: number,
  now: number,
  random: number,
): boolean {
  return now - loadMs * beta * Math.log(1 - random) >= staleAt;
}

/** Whether what was to be refreshed still stands there: while the refresh waited, a reader may have loaded it. */
async function isUnchanged<T>(
  { entry }: FoundEntry,
  { key, options }: ReadRequest<T>,
  engine: StrategyEngine,
): Promise<boolean> {
  const now = await engine.find(key, options);
  return now?.entry.createdAt === entry.createdAt;
}
