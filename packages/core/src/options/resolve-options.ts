import { withNearest } from '../config/nearest-name.js';
import type { Fence } from '../journal/fence.js';
import { assertToken } from '../journal/read-token.js';
import { assertTags } from '../key/key-rules.js';
import { COMPLIANCE_LEVELS } from '../protection/compliance-level.js';
import { isProtected } from '../strategy/protected-data.js';
import type {
  CacheDefaults,
  CacheOptions,
  ResolvedCacheOptions,
  ValueSerializer,
} from './cache-options.js';
import { durationMs, MAX_MS } from './duration.js';
import { choice, flag, kind, numberWithin, refuse, textUpTo } from './option-checks.js';
import { projecting } from './projection.js';
import { adaptiveOf, staleMsOf } from './stale-window.js';
import { subjectOf } from './data-subject.js';

const PRIORITIES = ['critical', 'high', 'normal', 'low'] as const;
const CONSISTENCIES = ['eventual', 'strong'] as const;
const ISOLATIONS = ['freeze', 'clone', 'shared'] as const;
/** Longer is no timeout: nobody waits for it. */
const MAX_TIMEOUT_MS = 3_600_000;
const MAX_NEGATIVE_MS = 86_400_000;
const MAX_LABEL_LENGTH = 256;
const MAX_LABELS = 32;
const NO_TAGS: readonly string[] = Object.freeze([]);
/** Of no epoch that ever was: what was loaded then is returned, and never stored. */
const UNKNOWN_FENCE: Fence = Object.freeze({ epoch: { stamp: 0, nonce: 0 }, position: 0 });

/** The compiler sees to it that the names are complete. */
const NAMES: Readonly<Record<keyof CacheOptions, true>> = {
  ttl: true,
  staleTime: true,
  enableSwr: true,
  useSwr: true,
  enableSWR: true,
  forceRefresh: true,
  compress: true,
  priority: true,
  tags: true,
  consistency: true,
  after: true,
  since: true,
  loadedAfter: true,
  softTimeoutMs: true,
  hardTimeoutMs: true,
  staleIfErrorMs: true,
  earlyRefresh: true,
  adaptive: true,
  isolation: true,
  tenant: true,
  serializer: true,
  project: true,
  negativeTtlMs: true,
  jitterRatio: true,
  template: true,
  containsPHI: true,
  complianceLevel: true,
  emergencyData: true,
  patientSpecific: true,
  doctorSpecific: true,
  clinicSpecific: true,
  subject: true,
  encrypt: true,
  labels: true,
};

/**
 * Turns what a caller wrote into complete, checked, frozen options. Only what was written can be an error, never a
 * default.
 * @throws CacheError `OPTION_INVALID` naming the option and what it accepts, `TAG_INVALID`
 */
export function resolveOptions(
  options: CacheOptions,
  defaults: CacheDefaults,
): ResolvedCacheOptions {
  assertKnown(options);
  const ttlMs = options.ttl === undefined ? defaults.ttlMs : durationMs('ttl', options.ttl);
  const enableSwr = swrOf(options) ?? defaults.enableSwr;
  const adaptive = adaptiveOf(options, ttlMs, enableSwr);
  const resolved: ResolvedCacheOptions = {
    ttlMs,
    maxTtlMs: Infinity,
    staleMs: staleMsOf(options, ttlMs, enableSwr, adaptive),
    enableSwr,
    forceRefresh: flag('forceRefresh', options.forceRefresh) ?? false,
    compress: flag('compress', options.compress) ?? defaults.compress,
    priority: choice('priority', options.priority, PRIORITIES) ?? defaults.priority,
    tags: tagsOf(options.tags),
    consistency: choice('consistency', options.consistency, CONSISTENCIES) ?? 'eventual',
    after: afterOf(options.after),
    since: sinceOf(options),
    ...timeoutsOf(options, defaults),
    staleIfErrorMs:
      numberWithin('staleIfErrorMs', options.staleIfErrorMs, 0, MAX_MS) ?? defaults.staleIfErrorMs,
    earlyRefresh:
      numberWithin('earlyRefresh', options.earlyRefresh, 0, 10) ?? defaults.earlyRefresh,
    adaptive,
    isolation: choice('isolation', options.isolation, ISOLATIONS) ?? defaults.isolation,
    tenant: textUpTo('tenant', options.tenant, 128) ?? null,
    serializer: projecting(options.project, serializerOf(options.serializer)),
    negativeTtlMs: Math.min(
      numberWithin('negativeTtlMs', options.negativeTtlMs, 0, MAX_NEGATIVE_MS) ??
        defaults.negativeTtlMs,
      ttlMs,
    ),
    jitterRatio: numberWithin('jitterRatio', options.jitterRatio, 0, 0.5) ?? defaults.jitterRatio,
    template: textUpTo('template', options.template, 1_024) ?? 'unnamed',
    containsPHI: flag('containsPHI', options.containsPHI) ?? false,
    complianceLevel:
      choice('complianceLevel', options.complianceLevel, COMPLIANCE_LEVELS) ?? 'standard',
    emergencyData: flag('emergencyData', options.emergencyData) ?? false,
    patientSpecific: flag('patientSpecific', options.patientSpecific) ?? false,
    doctorSpecific: flag('doctorSpecific', options.doctorSpecific) ?? false,
    clinicSpecific: flag('clinicSpecific', options.clinicSpecific) ?? false,
    subject: subjectOf(options.subject),
    encrypt: flag('encrypt', options.encrypt) ?? false,
    labels: labelsOf(options.labels),
    admission: null,
  };
  if (options.labels && !isProtected(resolved)) {
    refuse('labels are of protected data only; say containsPHI, or what else it is.');
  }
  return Object.freeze(resolved);
}

function assertKnown(options: CacheOptions): void {
  if (typeof options !== 'object' || (options as unknown) === null) {
    refuse(`options must be an object, such as { ttl: 60 }; got ${kind(options)}.`);
  }
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(NAMES, name)) continue;
    const known = Object.keys(NAMES);
    refuse(
      `${withNearest(name, known)} is not an option of the cache; known are ${known.join(', ')}.`,
    );
  }
}

/** A list of the cache's own: what the caller does to theirs while a load runs changes nothing. */
function tagsOf(tags: CacheOptions['tags']): ResolvedCacheOptions['tags'] {
  if (tags === undefined) return NO_TAGS;
  if (typeof tags === 'function') return tags;
  assertTags(tags);
  return Object.freeze([...tags]);
}

/** One option with three spellings. */
function swrOf(options: CacheOptions): boolean | undefined {
  const enableSwr = flag('enableSwr', options.enableSwr);
  const useSwr = flag('useSwr', options.useSwr);
  const enableSWR = flag('enableSWR', options.enableSWR);
  const written = enableSwr ?? useSwr ?? enableSWR;
  if ((useSwr ?? written) !== written || (enableSWR ?? written) !== written) {
    refuse('enableSwr, useSwr and enableSWR are one option; they disagree here.');
  }
  return written;
}

function afterOf(after: CacheOptions['after']): string | null {
  if (after === undefined) return null;
  assertToken(after);
  return after;
}

/** One option with two spellings. `null`, which a loader's context has when nothing may be stored, means just that. */
function sinceOf(options: CacheOptions): Fence | null {
  const since = fenceOf('since', options.since);
  const loadedAfter = fenceOf('loadedAfter', options.loadedAfter);
  if (since && loadedAfter && !isSameFence(since, loadedAfter)) {
    refuse('since and loadedAfter are one option; they disagree here.');
  }
  return since ?? loadedAfter ?? null;
}

function fenceOf(name: string, fence: unknown): Fence | undefined {
  if (fence === undefined) return undefined;
  if (fence === null) return UNKNOWN_FENCE;
  const { epoch, position } = fence as Partial<Fence>;
  const parts: readonly unknown[] = [position, epoch?.stamp, epoch?.nonce];
  if (parts.every((part) => Number.isSafeInteger(part))) return fence as Fence;
  return refuse(`${name} is no fence; accepted: the \`fence\` of a loader's context, unchanged.`);
}

function isSameFence(a: Fence, b: Fence): boolean {
  const isSameEpoch = a.epoch.stamp === b.epoch.stamp && a.epoch.nonce === b.epoch.nonce;
  return isSameEpoch && a.position === b.position;
}

function timeoutsOf(
  options: CacheOptions,
  defaults: CacheDefaults,
): Pick<ResolvedCacheOptions, 'softTimeoutMs' | 'hardTimeoutMs'> {
  const soft = numberWithin('softTimeoutMs', options.softTimeoutMs, 0, MAX_TIMEOUT_MS);
  const hard = numberWithin('hardTimeoutMs', options.hardTimeoutMs, 0, MAX_TIMEOUT_MS);
  if (soft !== undefined && hard !== undefined && hard > 0 && soft > hard) {
    refuse(
      `softTimeoutMs (${soft}) is above hardTimeoutMs (${hard}), which would end the wait before; accepted: 0 to hardTimeoutMs.`,
    );
  }
  return {
    softTimeoutMs: soft ?? defaults.softTimeoutMs,
    hardTimeoutMs: hard ?? defaults.hardTimeoutMs,
  };
}

function serializerOf(serializer: CacheOptions['serializer']): ValueSerializer | null {
  if (serializer === undefined) return null;
  const { toCache, fromCache } = (serializer ?? {}) as Partial<ValueSerializer>;
  if (typeof toCache === 'function' && typeof fromCache === 'function') return serializer;
  return refuse('serializer must have two functions, toCache(value) and fromCache(stored).');
}

function labelsOf(labels: unknown): readonly string[] {
  if (labels === undefined) return NO_TAGS;
  if (!Array.isArray(labels) || labels.length > MAX_LABELS) {
    refuse(`labels must be a list of up to ${MAX_LABELS} texts.`);
  }
  for (const label of labels) textUpTo('labels', label ?? null, MAX_LABEL_LENGTH);
  return Object.freeze([...(labels as readonly string[])]);
}
