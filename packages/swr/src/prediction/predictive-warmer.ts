import {
  assertOptionNames,
  BaseCacheMiddleware,
  CacheError,
  isProtected,
  systemClock,
  type CacheOperation,
  type CacheOptions,
  type Clock,
  type ICacheProvider,
  type Loader,
  type OperationResult,
  type OptionNames,
  type ReadOutcome,
} from '@vitalcache/core';
import { LRUCache } from 'lru-cache';

import { drained } from '../scheduler/drained.js';
import type { RefreshDecision, RefreshScheduler } from '../scheduler/refresh-scheduler.js';
import { FreshKeys } from './fresh-keys.js';
import type { HotKey } from './hot-key.codec.js';
import { HotKeySketch, type HotKeySketchOptions } from './hot-key.sketch.js';
import { NextReadPredictor } from './next-read.predictor.js';
import { TemplateMatcher } from './template.matcher.js';
import type { TemplatePredictorOptions } from './template.predictor.js';
import { checkWarmTemplate, type Warmable, type WarmTemplate } from './warm-template.js';

/** What a {@link PredictiveWarmer} loads through; a `CacheService` is one. */
export interface WarmingCache {
  prefetch(
    key: string,
    load: Loader<unknown>,
    options: CacheOptions,
  ): Promise<{ readonly outcome: ReadOutcome }>;
}

export interface PredictiveWarmerOptions {
  readonly templates: readonly WarmTemplate[];
  /** The one that the cache's `SWRCacheStrategy` uses: both share its bounds, and this work is its least urgent. */
  readonly scheduler: RefreshScheduler;
  /** Where hot keys are kept over a restart, under a store key such as `vc:clinic:hot`. Default: nowhere. */
  readonly store?: {
    readonly provider: Pick<ICacheProvider, 'get' | 'set'>;
    readonly name: string;
  };
  /** Hot keys that are warmed at the start. Default: 100. */
  readonly maxHotKeys?: number;
  /** How often hot keys are saved, on the occasion of a read. Default: 300 000. */
  readonly saveEveryMs?: number;
  readonly prediction?: TemplatePredictorOptions;
  readonly hotKeys?: HotKeySketchOptions;
  /** A warming failed; the entry is loaded when it is asked for. No key is given: it may name a person. */
  readonly onWarmFailed?: (template: string, error: unknown) => void;
  readonly clock?: Clock;
}

const NAMES: OptionNames<PredictiveWarmerOptions> = {
  templates: true,
  scheduler: true,
  store: true,
  maxHotKeys: true,
  saveEveryMs: true,
  prediction: true,
  hotKeys: true,
  onWarmFailed: true,
  clock: true,
};

/** What the warming has come to. */
export interface WarmCounts {
  /** Taken by the scheduler. */
  readonly submitted: number;
  readonly warmed: number;
  /** Cached already, by this process or another. */
  readonly present: number;
  readonly failed: number;
  /** Of those warmed, read later as a hit, each once: what it was good for. */
  readonly used: number;
}

/** Warmed keys that are watched for their first read. */
const MAX_WATCHED = 10_000;

/** Templates whose keys it can read, the application's names for logs among them. */
const MAX_TEMPLATES = 256;
/** How long a start waits for the hot keys. */
const START_MS = 5_000;

/**
 * Learns from the reads of a cache which follows which and which are hot, and loads what probably comes next before
 * it is asked for: at low priority, within the bounds of the scheduler. Off unless it is made: pass it to the cache as
 * middleware, then `start` it. Reads of protected data are neither learned nor predicted.
 */
export class PredictiveWarmer extends BaseCacheMiddleware {
  readonly name = 'prediction';
  readonly #options: PredictiveWarmerOptions;
  readonly #clock: Clock;
  readonly #warmables: ReadonlyMap<string, Warmable>;
  readonly #matchers = new Map<string, TemplateMatcher | null>();
  readonly #predictor: NextReadPredictor;
  readonly #hotKeys: HotKeySketch;
  readonly #fresh = new FreshKeys();
  readonly #running = new Set<Promise<unknown>>();
  readonly #counts = { submitted: 0, warmed: 0, present: 0, failed: 0, used: 0 };
  /** Keys that were warmed, and that nobody has read since. */
  readonly #unused = new LRUCache<string, true>({ max: MAX_WATCHED });
  #cache: WarmingCache | null = null;
  /** Hot keys that were not warmed yet, the hottest last. */
  #cold: HotKey[] = [];
  #savedAt: number;
  #isClosed = false;

  /** @throws CacheError `CONFIG_INVALID`, `OPTION_INVALID`, `TAG_INVALID` for a template that can't be warmed */
  constructor(options: PredictiveWarmerOptions) {
    super();
    assertOptionNames('PredictiveWarmer', options, NAMES);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#savedAt = this.#clock.now();
    const warmables = options.templates.map(checkWarmTemplate);
    this.#warmables = new Map(warmables.map((warmable) => [warmable.matcher.source, warmable]));
    if (this.#warmables.size < warmables.length) {
      throw new CacheError('CONFIG_INVALID', 'templates: one is given twice; accepted: each once.');
    }
    this.#predictor = new NextReadPredictor(
      warmables.map(({ matcher }) => matcher),
      options.prediction,
    );
    this.#hotKeys = new HotKeySketch(options.hotKeys);
  }

  get counts(): WarmCounts {
    return { ...this.#counts };
  }

  metrics(): Readonly<Record<string, number>> {
    return this.#counts;
  }

  /**
   * Begins to warm through `cache`: the hot keys of earlier in the background, one after the other, until one is
   * dropped because the process is busy. Resolves with how many there are.
   */
  async start(cache: WarmingCache): Promise<number> {
    const { store, maxHotKeys = 100 } = this.#options;
    const now = this.#clock.now();
    this.#cache = cache;
    if (store) {
      const loading = this.#hotKeys.load(store.provider, store.name, now);
      await drained([loading], START_MS, this.#clock);
    }
    const hot = this.#hotKeys.top(maxHotKeys, now);
    this.#cold = hot.filter(({ template }) => this.#isPersisted(template)).reverse();
    const { length } = this.#cold;
    this.#warmNext();
    return length;
  }

  /** Warms nothing until it is started again; goes on learning. */
  stop(): void {
    this.#cache = null;
    this.#cold = [];
  }

  /** Warms nothing more, saves the hot keys, and resolves when that and what runs has ended, or after `deadlineMs`. */
  async close(deadlineMs = 5_000): Promise<void> {
    this.#isClosed = true;
    this.#save();
    await drained([...this.#running], deadlineMs, this.#clock);
  }

  protected override after(operation: CacheOperation, result: OperationResult): void {
    const { kind, key, template, options, isWarming } = operation;
    if (kind !== 'read') return this.#fresh.forget(operation);
    if (key === null || !options || isProtected(options) || this.#isClosed) return;
    const now = this.#clock.now();
    this.#fresh.note(key, result, now);
    if (isWarming) return;
    if (this.#unused.delete(key) && result.outcome === 'hit') this.#counts.used++;
    const values = this.#matcherOf(template)?.values(key);
    if (!values) return;
    if (this.#warmables.has(template)) this.#hotKeys.add(template, key, now);
    for (const next of this.#predictor.observe(template, values, now)) {
      const matcher = this.#warmables.get(next.template)?.matcher;
      if (matcher) this.#warm(next.template, matcher.key(next.values));
    }
    if (now - this.#savedAt >= (this.#options.saveEveryMs ?? 300_000)) this.#save();
  }

  /** All at once they would wait so long that the scheduler took it for an overload. */
  #warmNext(): void {
    for (let next = this.#cold.pop(); next; next = this.#cold.pop()) {
      const decision = this.#warm(next.template, next.key, () => this.#warmNext());
      if (decision !== 'known') return;
    }
  }

  /** `onEnd` is called when it was loaded, or could not be; not when it was dropped. */
  #warm(template: string, key: string, onEnd = (): void => undefined): RefreshDecision {
    const warmable = this.#warmables.get(template);
    const values = warmable?.matcher.values(key);
    const cache = this.#cache;
    if (!warmable || !values || !cache || this.#fresh.has(key, this.#clock.now())) return 'known';
    const { declared } = warmable;
    const decision = this.#options.scheduler.submit({
      key,
      priority: 'low',
      refusal: () => (this.#isClosed ? 'closed' : null),
      run: () => {
        const reading = this.#read(key, template, () =>
          cache.prefetch(key, (context) => declared.load(values, context), {
            ...declared.options,
            template,
            priority: 'low',
          }),
        );
        return this.#own(reading.finally(onEnd));
      },
    });
    if (decision === 'started' || decision === 'queued') this.#counts.submitted++;
    return decision;
  }

  async #read(
    key: string,
    template: string,
    read: () => Promise<{ readonly outcome: ReadOutcome }>,
  ): Promise<'changed' | 'elsewhere'> {
    try {
      const { outcome } = await read();
      const isLoaded = outcome === 'miss';
      this.#counts[isLoaded ? 'warmed' : 'present']++;
      if (isLoaded) this.#unused.set(key, true);
      return isLoaded ? 'changed' : 'elsewhere';
    } catch (error) {
      this.#counts.failed++;
      this.#options.onWarmFailed?.(template, error);
      throw error;
    }
  }

  #save(): void {
    const { store } = this.#options;
    this.#savedAt = this.#clock.now();
    if (!store || ![...this.#warmables.keys()].some((name) => this.#isPersisted(name))) return;
    // If it fails the next start is a cold one; what ails the store is told by those who need it.
    void this.#own(
      this.#hotKeys.save(store.provider, store.name, this.#savedAt, (name) =>
        this.#isPersisted(name),
      ),
    );
  }

  #own<T>(work: Promise<T>): Promise<T> {
    const end = (): void => void this.#running.delete(owned);
    const owned: Promise<void> = work.then(end, end);
    this.#running.add(owned);
    return work;
  }

  #isPersisted(template: string): boolean {
    return this.#warmables.get(template)?.declared.persistKeys ?? false;
  }

  /** Any template can come before a warmable one. */
  #matcherOf(template: string): TemplateMatcher | null {
    const known = this.#warmables.get(template)?.matcher ?? this.#matchers.get(template);
    if (known !== undefined) return known;
    if (this.#matchers.size >= MAX_TEMPLATES) return null;
    const matcher = TemplateMatcher.of(template);
    this.#matchers.set(template, matcher);
    return matcher;
  }
}
