import {
  CacheService,
  type CacheConfig,
  type CacheKeyFactory,
  type ICacheKeyFactory,
  type ICacheProvider,
} from '@vitalcache/core';

import { FakeClock } from '../fake-clock.js';
import { MapStore } from '../strategy/map.store.js';
import { OperationRecorder } from './operation.recorder.js';
import { passTime, whileTimePasses } from './virtual-time.js';

export interface TestCacheOptions<
  F extends ICacheKeyFactory = CacheKeyFactory,
> extends CacheConfig<F> {
  /** The clock of everything. Absent: a new one. */
  readonly clock?: FakeClock;
  /** Where entries are kept. Absent: in memory, with expiry by the clock. */
  readonly provider?: ICacheProvider;
}

/** What a cache in a test is made of; fit for `CacheModule.forRoot()`, and for `CacheService` itself. */
export interface TestCacheParts<F extends ICacheKeyFactory = CacheKeyFactory> {
  readonly clock: FakeClock;
  readonly recorder: OperationRecorder;
  readonly options: CacheConfig<F> & { readonly provider: ICacheProvider };
}

/** A real cache for tests of an application, on a clock that stands still. */
export interface TestCache<F extends ICacheKeyFactory = CacheKeyFactory> extends TestCacheParts<F> {
  readonly cache: CacheService<F>;
  /** Moves time on in small steps, letting everything run that waits for it, such as refreshes. */
  pass(ms: number): Promise<void>;
  /** Resolves or rejects as `work` does; time passes meanwhile: for what waits for a time-out. */
  during<T>(work: Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * What makes a cache predictable: a clock that stands still, time to live without jitter, no early refreshes, a store in
 * memory, and a recorder of all operations in front.
 */
export function testCacheParts<F extends ICacheKeyFactory = CacheKeyFactory>({
  clock = new FakeClock(),
  provider = new MapStore(clock),
  ...config
}: TestCacheOptions<F> = {}): TestCacheParts<F> {
  const recorder = new OperationRecorder();
  const options = {
    random: () => 0.5,
    sketchSlots: 2 ** 10,
    ...config,
    provider,
    clock,
    middleware: [recorder, ...(config.middleware ?? [])],
    defaults: { jitterRatio: 0, earlyRefresh: 0, ...config.defaults },
  };
  return { clock, recorder, options };
}

/** The engine itself, with {@link testCacheParts}: invalidations, tags and expiry are those of production. */
export function createTestCache<F extends ICacheKeyFactory = CacheKeyFactory>(
  options?: TestCacheOptions<F>,
): TestCache<F> {
  const parts = testCacheParts(options);
  const { provider, ...config } = parts.options;
  const { clock } = parts;
  const cache = new CacheService<F>(provider, config);
  return {
    ...parts,
    cache,
    pass: (ms) => passTime(clock, ms),
    during: (work) => whileTimePasses(clock, work),
    close: () => whileTimePasses(clock, cache.close()),
  };
}
