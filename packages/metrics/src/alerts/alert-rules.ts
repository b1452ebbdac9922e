import { CacheError } from '@vitalcache/core';

import type { AlertRule, KnownAlert } from './alert.js';

/** From where on the known alerts fire; `false`: never. */
export interface AlertThresholds {
  /** Share of reads that hit, 0 to 1, below which it fires. Default: 0.5. */
  readonly minHitRate: number | false;
  /** Reads between two looks from which on a hit rate says anything. Default: 100. */
  readonly minReads: number;
  /** Share of requests that the cache failed, 0 to 1. Default: 0.05. */
  readonly maxErrorRate: number | false;
  /** How far this process may be behind the journal. Default: 1 000. */
  readonly maxLagMs: number | false;
  /** How long a process may be blind. Default: 0. */
  readonly maxBlindMs: number | false;
  /** How long a breaker may be open. Default: 0. */
  readonly maxBreakerOpenMs: number | false;
  /** Sealed entries between two looks that could not be opened. Default: 0. */
  readonly maxSealFailures: number | false;
}

export const ALERT_DEFAULTS: AlertThresholds = {
  minHitRate: 0.5,
  minReads: 100,
  maxErrorRate: 0.05,
  maxLagMs: 1_000,
  maxBlindMs: 0,
  maxBreakerOpenMs: 0,
  maxSealFailures: 0,
};

const MINUTE = 60_000;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** @throws CacheError `CONFIG_INVALID` naming the threshold and what it accepts */
export function alertRules(given: Partial<AlertThresholds> = {}): readonly AlertRule[] {
  const thresholds = { ...ALERT_DEFAULTS, ...given };
  for (const [name, value] of Object.entries(thresholds)) assertThreshold(name, value);
  const { minReads } = thresholds;
  const found = Object.entries(makers(minReads)).map(([name, [limit, make]]) => {
    const value = thresholds[limit];
    return value === false ? [] : [{ ...make(value), name }];
  });
  return found.flat();
}

type Maker = readonly [keyof AlertThresholds, (limit: number) => Omit<AlertRule, 'name'>];

function makers(minReads: number): Readonly<Record<KnownAlert, Maker>> {
  return {
    'hit-rate': [
      'minHitRate',
      (limit) => ({
        fires: 'below',
        limit,
        clearsAt: Math.min(1, limit * 1.1),
        forMs: MINUTE,
        clearForMs: MINUTE,
        measure: ({ hits, misses }) => share(hits, hits + misses, minReads),
        describe: (value) => `Only ${percent(value)} of the reads hit (limit: ${percent(limit)}).`,
      }),
    ],
    'error-rate': [
      'maxErrorRate',
      (limit) => ({
        fires: 'above',
        limit,
        clearsAt: limit * 0.8,
        forMs: 0,
        clearForMs: MINUTE,
        measure: ({ failed, requests }) => share(failed, requests, 1),
        describe: (value) =>
          `The cache failed ${percent(value)} of its requests (limit: ${percent(limit)}).`,
      }),
    ],
    lag: [
      'maxLagMs',
      (limit) => ({
        fires: 'above',
        limit,
        clearsAt: limit * 0.5,
        forMs: 0,
        clearForMs: MINUTE / 2,
        measure: ({ status }) => status.journal.lagMs,
        describe: (value) =>
          `This process is ${value.toFixed(0)} ms behind with what was invalidated.`,
      }),
    ],
    blind: [
      'maxBlindMs',
      (limit) => ({
        ...state(limit),
        measure: ({ status: { enabled, journal } }) => Number(enabled && journal.isBlind),
        describe: () =>
          'Nothing is heard of invalidations: what is stored needs a catch-up to be served.',
      }),
    ],
    breaker: [
      'maxBreakerOpenMs',
      (limit) => ({
        ...state(limit),
        measure: ({ status }) => Number(status.breaker === 'open'),
        describe: () => 'A store failed too often in a row: reads of its keys go to their loaders.',
      }),
    ],
    'seal-failures': [
      'maxSealFailures',
      (limit) => ({
        fires: 'above',
        limit,
        clearsAt: limit,
        forMs: 0,
        clearForMs: 5 * MINUTE,
        measure: ({ sealFailures }) => sealFailures,
        describe: (value) =>
          `${value} sealed entries could not be opened: a wrong key, or bytes that were changed.`,
      }),
    ],
  };
}

/** Of something that is so or not, for longer than `forMs`. */
function state(forMs: number): Omit<AlertRule, 'name' | 'measure' | 'describe'> {
  return { fires: 'above', limit: 0, clearsAt: 0, forMs, clearForMs: MINUTE / 2 };
}

function share(part: number, whole: number, least: number): number | null {
  return whole < least ? null : part / whole;
}

function assertThreshold(name: string, value: unknown): void {
  if (!Object.hasOwn(ALERT_DEFAULTS, name)) {
    const accepted = Object.keys(ALERT_DEFAULTS).join(', ');
    throw new CacheError('CONFIG_INVALID', `alerts has no ${name}; accepted: ${accepted}.`);
  }
  const isShare = name.endsWith('Rate');
  const isNumber = typeof value === 'number' && value >= 0 && value <= (isShare ? 1 : Infinity);
  if (isNumber || (value === false && name !== 'minReads')) return;
  const accepted = isShare ? 'a share from 0 to 1' : 'a number from 0';
  throw new CacheError(
    'CONFIG_INVALID',
    `alerts.${name} is ${String(value)}; accepted: ${accepted}.`,
  );
}
