import type { CacheStatus } from '@vitalcache/core';

/** What is watched without being asked; rules of your own may be called anything. */
export type KnownAlert = 'hit-rate' | 'error-rate' | 'lag' | 'blind' | 'breaker' | 'seal-failures';

/** That an alert began or is over. Numbers and words of the code: no key, tag or tenant. */
export interface Alert {
  readonly name: string;
  readonly state: 'firing' | 'resolved';
  /** What was measured, in the unit of the limit. */
  readonly value: number;
  readonly limit: number;
  /** One sentence for whoever is on call. */
  readonly message: string;
  /** Where to read what to do, in the repository: `docs/watch.md#lag`. */
  readonly runbook: string;
  /** When it began to fire. */
  readonly since: Date;
  /** Namespace of the cache. */
  readonly cache: string;
}

/** What an alert is judged by: the cache as it is now, and what happened since the look before. */
export interface AlertSignals {
  readonly status: CacheStatus;
  /** Milliseconds since the look before. */
  readonly elapsedMs: number;
  readonly hits: number;
  readonly misses: number;
  readonly requests: number;
  readonly failed: number;
  readonly sealFailures: number;
}

/** When something is wrong enough to say so, and when it is over. */
export interface AlertRule {
  /** Unique; a word for labels and anchors. */
  readonly name: string;
  /** Fires above the limit, or below it. */
  readonly fires: 'above' | 'below';
  readonly limit: number;
  /** Where it is over: not as far out as `limit`, so that it does not come and go. */
  readonly clearsAt: number;
  /** For how long the limit must be exceeded without a break. */
  readonly forMs: number;
  /** For how long it must have been over without a break. */
  readonly clearForMs: number;
  /** The measurement; `null` when there is too little to judge by, which changes nothing. */
  measure(signals: AlertSignals): number | null;
  /** What is wrong, with the measurement in it. */
  describe(value: number, limit: number): string;
}
