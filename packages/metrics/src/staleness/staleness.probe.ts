import { CacheError, type ICacheMiddleware } from '@vitalcache/core';

import type { AlertRule } from '../alerts/alert.js';
import type { IPerformanceMonitor } from '../monitoring/performance-monitor.js';
import type { ISignalSource, SignalReading } from '../signals/signal-reading.js';
import { KeyReservoir, type SampledRead } from './key.reservoir.js';
import {
  resolveProbeOptions,
  type ResolvedProbeOptions,
  type StalenessProbeOptions,
} from './probe-options.js';
import { SamplingCacheMiddleware } from './sampling-cache.middleware.js';
import { SourceAudit, type Look, type ProbedCache } from './source.audit.js';
import { SourceChecks, type SourceCheck, type SourceCheckOptions } from './source.checks.js';
import {
  AGE_BUCKETS_S,
  outdatedPerMillion,
  StalenessCounts,
  stalePerMillion,
  type CheckOutcome,
  type ProbeOutcome,
} from './staleness.counts.js';

/** What probes of one process have found. */
export interface StalenessReport {
  /** Since start. */
  readonly probes: Readonly<Record<ProbeOutcome, number>>;
  /** Since start; all 0 without a registered check. */
  readonly checks: Readonly<Record<CheckOutcome, number>>;
  /** Of a million reads in the last ten minutes, those that got something invalid, late arrivals included. */
  readonly stalePerMillion: number;
  /** Of a million checked reads in the last ten minutes, those that got something other than the source has. */
  readonly outdatedPerMillion: number;
  /** How long the worst of what was served had been invalid, since start. */
  readonly maxCoveredMs: number;
  /** How old what was served was: how many up to each bound, without those before; the last bound is `Infinity`. */
  readonly ages: readonly { readonly upToS: number; readonly count: number }[];
}

/** So often the sample begins anew, and holds what is read lately. */
const TURN_MS = 10_000;
/** A turn to wait when there is nothing to probe, or the loop is busy. */
const IDLE_MS = 1_000;

/**
 * Looks at a few of the reads that were answered from the cache, and whether what they got was still valid: by the
 * journal as the store has it, and by the source where one is registered. It reads what the cache would serve, loads
 * nothing, and fails nobody. Give it to `metricsPlugin`, which runs it while performance monitoring is on.
 */
export class StalenessProbe implements IPerformanceMonitor, ISignalSource {
  /** Takes the samples. */
  readonly middleware: ICacheMiddleware;
  readonly #options: ResolvedProbeOptions;
  readonly #reservoir: KeyReservoir;
  readonly #sampling: SamplingCacheMiddleware;
  readonly #checks = new SourceChecks();
  readonly #audit: SourceAudit;
  readonly #counts = new StalenessCounts();
  #cache: ProbedCache | null = null;
  #stopping = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  /** @throws CacheError `CONFIG_INVALID` */
  constructor(options: StalenessProbeOptions = {}) {
    this.#options = resolveProbeOptions(options);
    this.#reservoir = new KeyReservoir(this.#options.sampleSize, this.#options.random);
    this.#sampling = new SamplingCacheMiddleware(this.#reservoir);
    this.middleware = this.#sampling;
    this.#audit = new SourceAudit({ ...this.#options, checks: this.#checks });
  }

  /** @throws CacheError `CONFIG_INVALID` when it has another cache already */
  attach(cache: ProbedCache): void {
    if (this.#cache !== null && this.#cache !== cache) {
      throw new CacheError('CONFIG_INVALID', 'This probe has a cache: make another for this one.');
    }
    this.#cache = cache;
  }

  /**
   * Compares what is cached for keys of a template with its source. Only for templates of which every write invalidates:
   * others are outdated on purpose, until they expire.
   * @throws CacheError `OPTION_INVALID`, `CONFIG_INVALID`, `KEY_INVALID`
   */
  register(template: string, check: SourceCheck, options?: SourceCheckOptions): void {
    this.#checks.register(template, check, options);
  }

  start(): void {
    this.#stopping = new AbortController();
    this.#sampling.isSampling = true;
    this.#running = Promise.all([this.#running, this.#run(this.#stopping.signal)]);
  }

  async stop(): Promise<void> {
    this.#sampling.isSampling = false;
    this.#reservoir.clear();
    this.#stopping.abort(null);
    await this.#running;
  }

  report(): StalenessReport {
    const { probes, checks, maxCoveredMs, ages } = this.#counts;
    const recent = this.#counts.recent(this.#options.clock.now());
    return {
      probes: { ...probes },
      checks: { ...checks },
      stalePerMillion: stalePerMillion(recent),
      outdatedPerMillion: outdatedPerMillion(recent),
      maxCoveredMs,
      ages: ages.map((count, i) => ({ upToS: AGE_BUCKETS_S[i] ?? Infinity, count })),
    };
  }

  collect(reading: SignalReading): void {
    const { probes, checks, ages, totalAgeMs } = this.#counts;
    for (const [outcome, count] of Object.entries(probes)) {
      reading.add('staleness.probes', count, { outcome });
    }
    for (const [outcome, count] of Object.entries(checks)) {
      reading.add('staleness.checks', count, { outcome });
    }
    const recent = this.#counts.recent(this.#options.clock.now());
    reading.add('staleness.per_million', stalePerMillion(recent), { reason: 'journal' });
    reading.add('staleness.per_million', outdatedPerMillion(recent), { reason: 'source' });
    let sum = 0;
    const cumulative = ages.map((count) => (sum += count));
    const sample = { labels: {}, cumulative, sum: totalAgeMs / 1_000 };
    reading.addDistribution('staleness.served.age', sample);
  }

  /** Fires when more is served than may be that was invalid for long, or is not what the source has. */
  get alertRules(): readonly AlertRule[] {
    const { maxStalePerMillion: limit } = this.#options;
    if (limit === false) return [];
    return [
      {
        name: 'staleness',
        fires: 'above',
        limit,
        clearsAt: limit,
        forMs: 0,
        clearForMs: 60_000,
        measure: () => this.#alarming(),
        describe: (value) =>
          `${value.toFixed(0)} of a million reads got something that is invalid, and not just on its way (limit: ${limit}).`,
      },
    ];
  }

  /** Probes one read of the sample, now. Resolves with whether there was one; never rejects. */
  async probeOnce(): Promise<boolean> {
    const read = this.#reservoir.draw();
    if (!read || !this.#cache) return false;
    const { signal } = this.#stopping;
    const seen = await this.#look(this.#cache, read);
    if (seen?.verdict !== 'valid') return true;
    const outcome = await this.#audit.compare(this.#cache, read, seen, signal);
    if (outcome) this.#counts.addCheck(outcome, this.#options.clock.now());
    return true;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, maxProbesPerSecond, maxShare, maxLoopUtilization, loopUtilization } =
      this.#options;
    let turnedAt = clock.monotonic();
    let pauseMs = IDLE_MS;
    for (;;) {
      await clock.sleep(pauseMs, signal, 'background');
      if (signal.aborted) return;
      const spentBefore = this.#audit.spentMs;
      const isBusy = loopUtilization() > maxLoopUtilization;
      const isProbed = !isBusy && (await this.probeOnce());
      const tookMs = this.#audit.spentMs - spentBefore;
      pauseMs = isProbed ? Math.max(1_000 / maxProbesPerSecond, tookMs / maxShare) : IDLE_MS;
      const now = clock.monotonic();
      if (now - turnedAt < TURN_MS) continue;
      turnedAt = now;
      this.#reservoir.turn();
    }
  }

  async #look(cache: ProbedCache, { key }: SampledRead): Promise<Look | null> {
    const { clock, maxLateMs } = this.#options;
    try {
      const seen = await this.#audit.timed(() => cache.probe(key));
      const { coveredForMs, ageMs } = seen;
      this.#counts.addProbe(outcomeOf(seen, maxLateMs), coveredForMs, clock.now());
      if (ageMs !== null) this.#counts.addAge(ageMs);
      return seen;
    } catch {
      this.#counts.addProbe('unknown', 0, clock.now());
      return null;
    }
  }

  #alarming(): number | null {
    const recent = this.#counts.recent(this.#options.clock.now());
    const judged = recent.fresh + recent.late + recent.stale;
    if (judged === 0) return this.#sampling.isSampling ? null : 0; // nobody looks any more: it is over
    return Math.max((recent.stale / judged) * 1_000_000, outdatedPerMillion(recent));
  }
}

function outcomeOf({ verdict, coveredForMs }: Look, maxLateMs: number): ProbeOutcome {
  if (verdict === 'valid') return 'fresh';
  if (verdict !== 'covered') return verdict;
  return coveredForMs > maxLateMs ? 'stale' : 'late';
}
