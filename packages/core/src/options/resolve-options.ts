import { CacheError } from '../errors/cache.error.js';
import type { CacheDefaults, CacheOptions, ResolvedCacheOptions } from './cache-options.js';
import { assertTags } from '../key/key-rules.js';
import { durationMs } from './duration.js';

const PRIORITIES = ['critical', 'high', 'normal', 'low'] as const;
const LEVELS = ['standard', 'sensitive', 'restricted'] as const;
const CONSISTENCIES = ['eventual', 'strong'] as const;
const FLAGS = [
  'enableSwr',
  'useSwr',
  'enableSWR',
  'forceRefresh',
  'compress',
  'containsPHI',
  'emergencyData',
  'patientSpecific',
  'doctorSpecific',
  'clinicSpecific',
] as const;

const KNOWN: ReadonlySet<string> = new Set([
  ...FLAGS,
  'ttl',
  'staleTime',
  'priority',
  'tags',
  'consistency',
  'negativeTtlMs',
  'jitterRatio',
  'template',
  'complianceLevel',
] satisfies (keyof CacheOptions)[]);

/**
 * Turns what a caller wrote into complete, checked, frozen options. Only what was written can be an error, never a
 * default.
 * @throws CacheError `OPTION_INVALID` naming the option and what it accepts, `TAG_INVALID`
 */
export function resolveOptions(
  options: CacheOptions,
  defaults: CacheDefaults,
): ResolvedCacheOptions {
  if (typeof options !== 'object' || (options as unknown) === null) {
    fail(
      `options must be an object, such as { ttl: 60 }; got ${options === null ? 'null' : typeof options}.`,
    );
  }
  assertKnown(options);
  const ttlMs = options.ttl === undefined ? defaults.ttlMs : durationMs('ttl', options.ttl);
  const enableSwr = swrOf(options) ?? defaults.enableSwr;
  return Object.freeze({
    ttlMs,
    staleMs: staleMsOf(options, ttlMs, enableSwr),
    enableSwr,
    forceRefresh: options.forceRefresh ?? false,
    compress: options.compress ?? defaults.compress,
    priority: choice('priority', options.priority, PRIORITIES) ?? defaults.priority,
    tags: tagsOf(options.tags),
    consistency: choice('consistency', options.consistency, CONSISTENCIES) ?? 'eventual',
    negativeTtlMs: Math.min(
      within('negativeTtlMs', options.negativeTtlMs, 0, 86_400_000) ?? defaults.negativeTtlMs,
      ttlMs,
    ),
    jitterRatio: within('jitterRatio', options.jitterRatio, 0, 0.5) ?? defaults.jitterRatio,
    template: options.template ?? 'unnamed',
    containsPHI: options.containsPHI ?? false,
    complianceLevel: choice('complianceLevel', options.complianceLevel, LEVELS) ?? 'standard',
    emergencyData: options.emergencyData ?? false,
    patientSpecific: options.patientSpecific ?? false,
    doctorSpecific: options.doctorSpecific ?? false,
    clinicSpecific: options.clinicSpecific ?? false,
  });
}

function assertKnown(options: CacheOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (!KNOWN.has(name)) {
      fail(`${name} is not an option of the cache; known are ${[...KNOWN].join(', ')}.`);
    }
    if ((FLAGS as readonly string[]).includes(name) && !isFlag(value)) {
      fail(`${name} is ${JSON.stringify(value)}; accepted: true or false.`);
    }
  }
}

function isFlag(value: unknown): boolean {
  return value === undefined || typeof value === 'boolean';
}

/** A list of the cache's own: what the caller does to theirs while a load runs changes nothing. */
function tagsOf(tags: CacheOptions['tags'] = []): ResolvedCacheOptions['tags'] {
  if (typeof tags === 'function') return tags;
  assertTags(tags);
  return Object.freeze([...tags]);
}

/** One option with three spellings. */
function swrOf({ enableSwr, useSwr, enableSWR }: CacheOptions): boolean | undefined {
  const written = new Set([enableSwr, useSwr, enableSWR].filter((value) => value !== undefined));
  if (written.size > 1) fail('enableSwr, useSwr and enableSWR are one option; they disagree here.');
  return [...written][0];
}

function staleMsOf(options: CacheOptions, ttlMs: number, enableSwr: boolean): number {
  if (options.staleTime === undefined) return enableSwr ? Math.floor(ttlMs / 2) : ttlMs;
  const staleMs = durationMs('staleTime', options.staleTime);
  if (options.ttl === undefined) return enableSwr ? Math.min(staleMs, ttlMs) : ttlMs;
  if (staleMs > ttlMs) {
    fail(
      `staleTime (${staleMs / 1000} s) is above ttl (${ttlMs / 1000} s); it is the age at which a value becomes stale, so accepted: 0 to ttl.`,
    );
  }
  return enableSwr ? staleMs : ttlMs;
}

function choice<T extends string>(
  name: string,
  value: unknown,
  accepted: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  return (
    accepted.find((candidate) => candidate === value) ??
    fail(`${name} is ${JSON.stringify(value)}; accepted: ${accepted.join(', ')}.`)
  );
}

function within(name: string, value: unknown, min: number, max: number): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && value >= min && value <= max) return value;
  return fail(`${name} is ${JSON.stringify(value)}; accepted: a number from ${min} to ${max}.`);
}

function fail(message: string): never {
  throw new CacheError('OPTION_INVALID', message);
}
