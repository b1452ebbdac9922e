import {
  CacheService,
  resolveOptions,
  CACHE_DEFAULTS,
  type CacheOptions,
  type ICacheMiddleware,
  type ICacheStrategy,
  type ResolvedCacheOptions,
} from '@vitalcache/core';

import { passTime, whileTimePasses } from '../application/virtual-time.js';
import { FakeClock } from '../fake-clock.js';
import { MapStore } from './map.store.js';

/** Makes the strategy under test; everything that it does with time must be on this clock. */
export type MakeStrategy = (given: { readonly clock: FakeClock }) => ICacheStrategy;

export interface StrategyContractOptions {
  /** Options of reads that the strategy takes, beside `ttl` and `tags`; absent: none are needed. */
  readonly options?: CacheOptions;
  /** It is made for protected data: `when` may take it. Default: false. */
  readonly takesProtected?: boolean;
  /** Bound on one test, milliseconds; 10 000 if absent. */
  readonly timeoutMs?: number;
}

/** Where entries are found: in the process's own tier, or in the store alone. */
export type StrategyTier = 'l1' | 'l2';

/** A cache with the strategy under test, and a source that tells how often it was asked. */
export class StrategyContext {
  readonly clock = new FakeClock();
  readonly store = new MapStore(this.clock);
  readonly strategy: ICacheStrategy;
  readonly cache: CacheService;
  /** Names of the strategies that were used, one for each read. */
  readonly used: string[] = [];
  /** What the source holds now. */
  value = 'v1';
  loads = 0;
  readonly #options: CacheOptions;

  constructor(make: MakeStrategy, tier: StrategyTier, options: CacheOptions = {}) {
    const note: ICacheMiddleware = {
      name: 'note',
      handle: (operation, next) => {
        if (operation.strategy !== null) this.used.push(operation.strategy);
        return next();
      },
    };
    this.#options = { ttl: 60, tags: ['user:7'], jitterRatio: 0, ...options };
    this.strategy = make({ clock: this.clock });
    this.cache = new CacheService(this.store, {
      clock: this.clock,
      random: () => 0.5,
      sketchSlots: 2 ** 10,
      l1MaxBytes: tier === 'l1' ? 2 ** 20 : 0,
      strategies: [this.strategy],
      middleware: [note],
    });
  }

  readonly load = async (): Promise<string> => {
    this.loads++;
    return this.value;
  };

  options(more: CacheOptions = {}): CacheOptions {
    return { ...this.#options, ...more };
  }

  resolved(more: CacheOptions = {}): ResolvedCacheOptions {
    return resolveOptions(this.options(more), CACHE_DEFAULTS);
  }

  read(load: () => Promise<string> = this.load, more: CacheOptions = {}) {
    return this.cache.read(KEY, load, this.options(more));
  }

  /** Moves time on in small steps, letting everything run that waits for it. */
  async pass(ms: number): Promise<void> {
    await passTime(this.clock, ms);
  }

  /** Ends the cache, whatever the strategy does; time passes meanwhile. */
  async close(): Promise<void> {
    await whileTimePasses(this.clock, this.cache.close());
  }
}

/** What a part declares its tests with; each gets a cache of its own. */
export type StrategyIt = (name: string, body: (context: StrategyContext) => Promise<void>) => void;

/** A part of the suite. */
export type StrategyPart = (it: StrategyIt, options: StrategyContractOptions) => void;

/** The key of most tests. */
export const KEY = 'users:7:profile';
