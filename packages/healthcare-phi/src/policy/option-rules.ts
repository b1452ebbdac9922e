import {
  CacheError,
  isProtected,
  type CacheOptions,
  type ComplianceLevel,
  type ResolvedCacheOptions,
} from '@vitalcache/core';

import { stricter, type LevelRules } from './level-rules.js';
import { labelsOf, type SecurityLabel } from './sensitivity.labels.js';

/** What decides about levels. */
interface LevelPolicy {
  /** Whether anything can serve protected data stale and refresh it meanwhile. */
  readonly hasSwr: boolean;
  readonly rules: (level: ComplianceLevel) => LevelRules;
  readonly levelOf: (labels: readonly SecurityLabel[]) => ComplianceLevel;
}

/** What a level makes of options that were written; only what was written can be an error, a default gives way. */
export function applyLevel(
  written: CacheOptions,
  options: ResolvedCacheOptions,
  { hasSwr, rules: rulesOf, levelOf: levelOfLabels }: LevelPolicy,
): ResolvedCacheOptions {
  if (!isProtected(options)) return options;
  const labels = labelsOf(options);
  const level = levelOf(written, options, labels, levelOfLabels(labels));
  const rules = rulesOf(level);
  const isStaleAllowed = rules.allowsStale && !options.emergencyData;
  assertEffective(written, options, level, rules, isStaleAllowed);
  if (options.enableSwr && isSwrWritten(written) && !hasSwr) {
    refuse(
      'enableSwr on health information needs a strategy there: give the healthcare plugin the SWRCacheStrategy of the cache as well.',
    );
  }
  if (options.emergencyData && labels.includes('part2')) {
    refuse(
      'emergencyData may be served stale, and what is tagged part2 never: leave one of them away.',
    );
  }
  const ttlMs = Math.min(options.ttlMs, rules.maxTtlMs);
  const enableSwr = options.enableSwr && isStaleAllowed && hasSwr;
  const staleIfErrorMs = isStaleAllowed
    ? Math.min(options.staleIfErrorMs, rules.maxTtlMs - ttlMs)
    : 0;
  return Object.freeze({
    ...options,
    complianceLevel: level,
    ttlMs,
    maxTtlMs: rules.maxTtlMs - staleIfErrorMs,
    enableSwr,
    staleMs: enableSwr ? staleMsOf(written, options, ttlMs) : ttlMs,
    adaptive: enableSwr ? boundedBy(ttlMs, options.adaptive) : null,
    compress: options.compress && rules.allowsCompression,
    staleIfErrorMs,
    negativeTtlMs: Math.min(options.negativeTtlMs, ttlMs),
  });
}

/**
 * Tags that a value tells come too late to raise the level: such a value is not to be cached.
 * @throws CacheError `OPTION_INVALID`
 */
export function assertTagsWithin(
  tags: readonly string[],
  options: ResolvedCacheOptions,
  levelOfLabels: LevelPolicy['levelOf'],
): void {
  if (!isProtected(options)) return;
  const { complianceLevel: level, emergencyData } = options;
  const labels = labelsOf({ labels: [], tags });
  const asked = levelOfLabels(labels);
  const isNeverStale = emergencyData && labels.includes('part2');
  if (stricter(level, asked) === level && !isNeverStale) return;
  refuse(
    `tags that its value told ask for complianceLevel ${asked}, which must be written, or follow from labels.`,
  );
}

function levelOf(
  { complianceLevel: written }: CacheOptions,
  { containsPHI }: ResolvedCacheOptions,
  labels: readonly string[],
  labelled: ComplianceLevel,
): ComplianceLevel {
  if (written !== undefined && written !== 'standard' && !containsPHI) {
    refuse(`complianceLevel is ${written} without containsPHI: true; a level holds for PHI alone.`);
  }
  if (written !== undefined && stricter(written, labelled) !== written) {
    refuse(
      `complianceLevel is ${written}, and the labels ${labels.join(', ')} ask for ${labelled}.`,
    );
  }
  return written ?? labelled;
}

/** Refuses what was written and would have no effect. */
function assertEffective(
  written: CacheOptions,
  { ttlMs, staleMs, staleIfErrorMs, emergencyData }: ResolvedCacheOptions,
  level: ComplianceLevel,
  { maxTtlMs, allowsCompression }: LevelRules,
  isStaleAllowed: boolean,
): void {
  const what = emergencyData ? 'emergencyData' : `complianceLevel ${level}`;
  if (written.encrypt === false) {
    refuse('encrypt is false; health information is always sealed. Leave encrypt away.');
  }
  if (written.ttl !== undefined && ttlMs > maxTtlMs) {
    refuse(
      `ttl (${ttlMs / 1000} s) is above what complianceLevel ${level} allows; accepted: up to ${maxTtlMs / 1000} s.`,
    );
  }
  if (written.compress && !allowsCompression) {
    refuse(
      `compress does not go with complianceLevel ${level}: lengths would tell of the content.`,
    );
  }
  const needsStale = {
    enableSwr: isSwrWritten(written),
    staleTime: written.staleTime !== undefined && staleMs < ttlMs,
    adaptive: written.adaptive !== undefined,
    earlyRefresh: (written.earlyRefresh ?? 0) > 0,
    staleIfErrorMs: (written.staleIfErrorMs ?? 0) > 0,
  };
  const refused = Object.entries(needsStale).find(([, isWanted]) => isWanted && !isStaleAllowed);
  if (refused) {
    const hint = emergencyData ? '; cacheEmergencyData serves stale, and says how old' : '';
    refuse(`${refused[0]} does not go with ${what}, which is never served stale${hint}.`);
  }
  if (written.staleIfErrorMs !== undefined && ttlMs + staleIfErrorMs > maxTtlMs) {
    refuse(
      `ttl and staleIfErrorMs are ${(ttlMs + staleIfErrorMs) / 1000} s together; accepted with complianceLevel ${level}: up to ${maxTtlMs / 1000} s.`,
    );
  }
}

function isSwrWritten({ enableSwr, useSwr, enableSWR }: CacheOptions): boolean {
  return enableSwr ?? useSwr ?? enableSWR ?? false;
}

/** Half of a time to live that was lowered, unless something was written. */
function staleMsOf(
  { staleTime, adaptive }: CacheOptions,
  options: ResolvedCacheOptions,
  ttlMs: number,
): number {
  const isWritten = staleTime !== undefined || adaptive !== undefined;
  if (isWritten || ttlMs === options.ttlMs) return Math.min(options.staleMs, ttlMs);
  return Math.floor(ttlMs / 2);
}

function boundedBy(
  ttlMs: number,
  adaptive: ResolvedCacheOptions['adaptive'],
): ResolvedCacheOptions['adaptive'] {
  if (!adaptive) return null;
  const { minStaleMs, maxStaleMs } = adaptive;
  return Object.freeze({
    minStaleMs: Math.min(minStaleMs, ttlMs),
    maxStaleMs: Math.min(maxStaleMs, ttlMs),
  });
}

function refuse(message: string): never {
  throw new CacheError('OPTION_INVALID', message);
}
