import { AsyncLocalStorage } from 'node:async_hooks';

import {
  assertOptionNames,
  CacheError,
  type Clock,
  type FoundEntry,
  type ICacheStrategy,
  type OptionNames,
  type ReadRequest,
  type ReadResult,
  type ResolvedCacheOptions,
  STRATEGY_PRECEDENCE,
  type StrategyEngine,
  systemClock,
} from '@vitalcache/core';

import { currentAccess } from '../access/access-scope.js';
import { beyondGrant } from '../access/entry.admission.js';
import { SystemEngine, type BackgroundAudit } from '../access/system.engine.js';
import { SEAL_CAPS } from '../seal/seal-caps.js';
import { subjectOf } from '../subjects/entry-subject.js';
import type { EmergencyResult } from './emergency-result.js';
import { PinnedPatients } from './pinned.patients.js';

const MAX_STALE_MS = 86_400_000;
/** A refresh that nobody waits for is given up then. */
const REFRESH_MS = 30_000;
/** Share of the time to live from which the data of pinned patients is refreshed, spread so that not all are at once. */
const [REFRESH_FROM, REFRESH_SPREAD] = [0.6, 0.2];

export interface EmergencyCacheStrategyOptions extends BackgroundAudit {
  /** How long beyond its time to live data is kept for when its source fails: up to 24 h, 0 for not at all. Default: 1 h. */
  readonly staleIfErrorMs?: number;
  /** How long the source may take before what is kept is served. Default: 1 000. */
  readonly originTimeoutMs?: number;
  readonly clock?: Clock;
}

const NAMES: OptionNames<EmergencyCacheStrategyOptions> = {
  audit: true,
  keyRef: true,
  staleIfErrorMs: true,
  originTimeoutMs: true,
  clock: true,
};

/**
 * Emergency data: fresh until its time to live is over; then its source is asked, and only if that fails, does not answer
 * in time or has its breaker open is older data served, to those who get its age with it. It is never served because that
 * is faster. What an invalidation covers is gone here too.
 */
export class EmergencyCacheStrategy implements ICacheStrategy {
  readonly name = 'emergency';
  readonly precedence = STRATEGY_PRECEDENCE.emergency;
  /** Protected data never takes the short way, which this is about; that of others may. */
  readonly isPlainOnFresh = true;
  /** Whose data is refreshed before it expires. */
  readonly pinned = new PinnedPatients();
  readonly #background: BackgroundAudit;
  readonly #clock: Clock;
  readonly #staleIfErrorMs: number;
  readonly #originTimeoutMs: number;
  /** How long older data may be served to a caller who gets its age; nothing where it is not set. */
  readonly #agedReads = new AsyncLocalStorage<number>();
  readonly #refreshes = new Set<Promise<void>>();
  readonly #counts = { fresh: 0, stale: 0, loaded: 0, refreshed: 0, refreshFailed: 0 };

  /** @throws CacheError `CONFIG_INVALID` */
  constructor(options: EmergencyCacheStrategyOptions) {
    assertOptionNames('EmergencyCacheStrategy', options, NAMES);
    this.#background = options;
    this.#clock = options.clock ?? systemClock;
    this.#staleIfErrorMs = staleMs('CONFIG_INVALID', options.staleIfErrorMs ?? 3_600_000);
    this.#originTimeoutMs = options.originTimeoutMs ?? 1_000;
    if (!(this.#originTimeoutMs >= 1 && this.#originTimeoutMs <= 60_000)) {
      throw new CacheError(
        'CONFIG_INVALID',
        `originTimeoutMs is ${String(options.originTimeoutMs)}; accepted: 1 to 60000.`,
      );
    }
  }

  when(options: ResolvedCacheOptions): boolean {
    return options.emergencyData;
  }

  /**
   * The result of a read of emergency data with its age, which alone may be older than its time to live: what
   * `cacheEmergencyData` gives. Rejects with what the read rejects with.
   * @param read calls `cache.read` with `emergencyData: true`, once
   * @param staleIfErrorMs instead of the strategy's
   */
  async result<T>(
    read: () => Promise<ReadResult<T>>,
    staleIfErrorMs = this.#staleIfErrorMs,
  ): Promise<EmergencyResult<T>> {
    const keptMs = staleMs('OPTION_INVALID', staleIfErrorMs);
    const { value, outcome, tier, ageMs } = await this.#agedReads.run(keptMs, read);
    return {
      data: value,
      stale: outcome === 'stale',
      asOf: new Date(this.#clock.now() - ageMs),
      ageMs,
      source: tier === null ? 'origin' : 'cache',
    };
  }

  async read<T>(request: ReadRequest<T>, engine: StrategyEngine): Promise<ReadResult<T>> {
    const keptMs = this.#agedReads.getStore();
    const own = this.#ownRequest(request, keptMs);
    if (request.options.forceRefresh) return engine.load(own, null);
    const found = await engine.find(own.key, own.options);
    if (found && isFresh(found, engine.now())) {
      this.#counts.fresh++;
      this.#refreshAhead(found, own, engine);
      return engine.answer<T>(found, 'hit');
    }
    // What is not at hand can't be served instead: whoever does not get its age gets nothing old.
    const isAged = keptMs !== undefined;
    const spare = isAged ? (found ?? (await this.#beyondGrant(own, engine))) : null;
    const result = await engine.load(own, spare);
    this.#counts[result.outcome === 'stale' ? 'stale' : 'loaded']++;
    return result;
  }

  /** Who broke the glass gets at least what was known without it when the source fails. */
  async #beyondGrant(
    { options }: ReadRequest<unknown>,
    engine: StrategyEngine,
  ): Promise<FoundEntry | null> {
    const admission = options.admission && beyondGrant(options.admission);
    return admission && engine.find(admission.key, { ...options, admission });
  }

  metrics(): Readonly<Record<string, number>> {
    return { ...this.#counts };
  }

  /** Resolves when what is being refreshed has ended. */
  async close(): Promise<void> {
    await Promise.all(this.#refreshes);
  }

  /** Kept for those who get its age, whoever loads it; what the loader reads itself is not read for them. */
  #ownRequest<T>(request: ReadRequest<T>, keptMs: number | undefined): ReadRequest<T> {
    const { options, load } = request;
    const { ttlMs } = options;
    const staleIfErrorMs = Math.min(keptMs ?? this.#staleIfErrorMs, SEAL_CAPS.emergency - ttlMs);
    return {
      ...request,
      load: (context) => this.#agedReads.exit(() => load(context)),
      options: {
        ...options,
        staleIfErrorMs,
        maxTtlMs: Math.min(options.maxTtlMs, SEAL_CAPS.emergency - staleIfErrorMs),
        softTimeoutMs: this.#originTimeoutMs,
        enableSwr: false,
        staleMs: ttlMs,
        adaptive: null,
      },
    };
  }

  /** A refresh that fails leaves what is there: it is the last good copy. */
  #refreshAhead<T>(found: FoundEntry, request: ReadRequest<T>, engine: StrategyEngine): void {
    const { key, options } = request;
    if (!isDue(found, engine.now()) || !this.#isPinned(request)) return;
    if (engine.refreshRefusal(key) !== null) return;
    const hardTimeoutMs = options.hardTimeoutMs || REFRESH_MS;
    const system = new SystemEngine(engine, this.#background);
    const refresh = system
      .refresh({ ...request, options: { ...options, hardTimeoutMs } }, found)
      .then(
        () => void this.#counts.refreshed++,
        () => void this.#counts.refreshFailed++,
      )
      .finally(() => this.#refreshes.delete(refresh));
    this.#refreshes.add(refresh);
  }

  #isPinned({ key, options }: ReadRequest<unknown>): boolean {
    const { patientId } = subjectOf(key, options);
    const tenant = currentAccess()?.tenant;
    return patientId !== undefined && tenant !== undefined && this.pinned.has(tenant, patientId);
  }
}

function isFresh({ entry }: FoundEntry, now: number): boolean {
  return !entry.isSoftened && entry.expiresAt > now;
}

function isDue({ entry: { createdAt, expiresAt } }: FoundEntry, now: number): boolean {
  const share = REFRESH_FROM + REFRESH_SPREAD * ((createdAt % 1_000) / 1_000);
  return now >= createdAt + (expiresAt - createdAt) * share;
}

function staleMs(code: 'CONFIG_INVALID' | 'OPTION_INVALID', ms: number): number {
  if (ms >= 0 && ms <= MAX_STALE_MS) return ms;
  throw new CacheError(
    code,
    `staleIfErrorMs of emergency data is ${String(ms)}; accepted: 0 to ${MAX_STALE_MS} (24 h).`,
  );
}
