import type { CacheConfig } from '@vitalcache/core';

import type { RedisServiceOptions } from '../../src/index.js';

/** How a cache is worked. */
export interface LoadPlan {
  /** Callers at a time in each process. */
  readonly clients: number;
  /** Mean pause of a caller between two calls. */
  readonly thinkMs: number;
  readonly keys: number;
  /** Half of the values live four times as long, the others a quarter. */
  readonly ttlMs: number;
  /** A load looks at its source after up to so long, and ends up to so long after that. */
  readonly loadMs: number;
  /** Share of loads that fail. */
  readonly failureRatio: number;
  readonly valueBytes: number;
  /** How often each kind of call is made, in parts of the sum. */
  readonly mix: Readonly<
    Record<'eventual' | 'strong' | 'after' | 'get' | 'batch' | 'invalidate' | 'set', number>
  >;
}

/** After how long a call counts as hanging. */
export interface CallBounds {
  readonly readMs: number;
  readonly invalidationMs: number;
}

type Plain<T> = {
  readonly [K in keyof T as T[K] extends (...args: never[]) => unknown ? never : K]: T[K];
};

/** All that a worker is told, as JSON. */
export interface WorkerPlan {
  readonly worker: number;
  readonly redis: Omit<RedisServiceOptions, 'onStateChange' | 'random'>;
  readonly cache: Plain<CacheConfig>;
  readonly load: LoadPlan;
  readonly boundsMs: CallBounds;
  /** A mechanism to take away; see worker/provider.mjs. */
  readonly flaw?: string;
}

/** How long the phases of a scenario are, and how many processes there are. */
export interface FaultScale {
  readonly workers: number;
  readonly calmMs: number;
  /** How much longer than in the short version a fault lasts. */
  readonly stretch: number;
}

const mode = process.env['VITALCACHE_FAULTS'];

/** Whether what was seen of each fault is printed. */
export const IS_TOLD = mode !== undefined;

/** `npm run test:faults` has the faults last. */
export const SCALE: FaultScale =
  mode === 'long'
    ? { workers: 4, calmMs: 8_000, stretch: 8 }
    : { workers: 2, calmMs: 500, stretch: 1 };

/** Store timeouts and windows shorter than the defaults, so that a fault outlasts each of them. */
export const QUICK_CACHE = {
  readBudgetMs: 150,
  invalidationDeadlineMs: 600,
  blindAfterMs: 1_000,
  blindMaxMs: 2_000,
  breaker: { threshold: 10, timeoutMs: 400 },
  sketchSlots: 65_536,
} as const satisfies CacheConfig;

export const QUICK_REDIS = { connectTimeoutMs: 500, commandTimeoutMs: 400 } as const;

export const LOAD: LoadPlan = {
  clients: 6,
  thinkMs: 8,
  keys: 40,
  ttlMs: 1_500,
  loadMs: 10,
  failureRatio: 0.01,
  valueBytes: 0,
  mix: { eventual: 60, strong: 8, after: 8, get: 6, batch: 6, invalidate: 8, set: 4 },
};

/**
 * Far above what the calls promise, for a machine that has more to do: a call that takes longer hangs. Whoever waits for a
 * load of a process that can't give its lease back waits for six seconds.
 */
export const BOUNDS: CallBounds = { readMs: 9_000, invalidationMs: 3_000 };
