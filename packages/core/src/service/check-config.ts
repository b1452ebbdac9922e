import { assertCompressor } from '../entry/compression.js';
import { CACHE_DEFAULTS } from '../options/cache-options.js';
import { assertSetting } from '../flags/runtime-settings.js';
import { assertOptionNames } from '../options/assert-option-names.js';
import { MAX_MS } from '../options/duration.js';
import { choice, kind, shown } from '../options/option-checks.js';
import { CacheError, isCacheError } from '../errors/cache.error.js';
import type { ICacheProvider } from '../provider/cache-provider.js';
import type { CacheConfig } from './cache-config.js';

/** Whole numbers and what they may be. */
const NUMBERS = {
  l1MaxBytes: [0, 2 ** 40],
  l1TenantMaxBytes: [1, 2 ** 40],
  maxValueBytes: [1, 2 ** 30],
  readBudgetMs: [1, 60_000],
  invalidationDeadlineMs: [1, 600_000],
  blindAfterMs: [1, 600_000],
  blindMaxMs: [0, 3_600_000],
  maxQueuedInvalidations: [1, 1_000_000],
  sketchSlots: [2, 2 ** 26],
  schemaVersion: [0, 65_535],
} as const satisfies Partial<Record<keyof CacheConfig, readonly [number, number]>>;

/**
 * Refuses a configuration that would not do what it says.
 * @throws CacheError `CONFIG_INVALID` naming the option and what it accepts
 */
export function checkConfig(config: CacheConfig): void {
  if (typeof config !== 'object' || (config as unknown) === null) {
    fail(`The configuration is ${config === null ? 'null' : typeof config}; accepted: an object`);
  }
  for (const [name, value] of Object.entries(config)) {
    if (value === undefined) continue;
    if (Object.hasOwn(NUMBERS, name)) checkNumber(name as keyof typeof NUMBERS, value);
    else if (Object.hasOwn(KINDS, name)) checkKind(name as keyof typeof KINDS, value);
    else
      fail(`${name} is no option; accepted: ${Object.keys({ ...KINDS, ...NUMBERS }).join(', ')}`);
  }
  const { namespace = 'default', sketchSlots = 2, compression, breaker, defaults } = config;
  if (!/^[\w@./-]{1,64}$/.test(namespace)) {
    fail(
      `namespace is ${JSON.stringify(namespace)}; accepted: up to 64 letters, digits and the signs _ - . / @`,
    );
  }
  if (compression) {
    assertCompressor(compression.compressor);
    checkWhole('compression.level', compression.level, 1, 22);
    checkWhole('compression.thresholdBytes', compression.thresholdBytes, 0, 2 ** 30);
  }
  if (breaker) {
    assertOptionNames('breaker', breaker, { threshold: true, timeoutMs: true });
    checkWhole('breaker.threshold', breaker.threshold, 1, 100_000);
    checkWhole('breaker.timeoutMs', breaker.timeoutMs, 1, 3_600_000);
  }
  if (!Number.isInteger(Math.log2(sketchSlots))) fail('sketchSlots must be a power of two');
  if (defaults) checkDefaults(defaults);
  for (const [name, value] of Object.entries(config.settings ?? {})) {
    checkOption(() => assertSetting(name, value));
  }
}

/** What an option may be, in words and as a test. */
type Kind = readonly [accepted: string, isIt: (value: unknown) => boolean];

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const has = (value: unknown, ...methods: readonly string[]): boolean =>
  isObject(value) && methods.every((name) => typeof Reflect.get(value, name) === 'function');
const listOf = (what: string, isIt: (part: unknown) => boolean): Kind => [
  `a list of ${what}`,
  (value) => Array.isArray(value) && value.every(isIt),
];
const FLAG: Kind = ['true or false', (value) => typeof value === 'boolean'];
const OBJECT: Kind = ['an object', isObject];

/** The compiler sees to it that the names are complete. */
const KINDS: Readonly<Record<Exclude<keyof CacheConfig, keyof typeof NUMBERS>, Kind>> = {
  namespace: ['a string', (value) => typeof value === 'string'],
  enabled: FLAG,
  strategies: listOf('strategies', (part) => has(part, 'when', 'read')),
  middleware: listOf('middleware', (part) => has(part, 'handle')),
  plugins: listOf('plugins', isObject),
  warmers: listOf('warmers', (part) => has(part, 'items')),
  settings: OBJECT,
  keyFactory: ['an object with key()', (value) => has(value, 'key')],
  defaults: OBJECT,
  logger: [
    'an object with debug, log, warn and error, such as console',
    (value) => has(value, 'debug', 'log', 'warn', 'error'),
  ],
  compression: OBJECT,
  memoryOptimization: FLAG,
  templateVersions: OBJECT,
  breaker: OBJECT,
  durable: FLAG,
  healthLimits: OBJECT,
  clock: ['an object with now and sleep', (value) => has(value, 'now', 'sleep')],
  random: ['a function', (value) => typeof value === 'function'],
};

function checkKind(name: keyof typeof KINDS, value: unknown): void {
  const [accepted, isIt] = KINDS[name];
  if (!isIt(value)) fail(`${name} is ${kind(value)}; accepted: ${accepted}`);
}

/** Defaults are in milliseconds and complete words: what a call may write in seconds is refused here by name. */
function checkDefaults(defaults: NonNullable<CacheConfig['defaults']>): void {
  assertOptionNames('defaults', defaults, CACHE_DEFAULTS);
  checkAmount('defaults.ttlMs', defaults.ttlMs, MAX_MS);
  checkAmount('defaults.negativeTtlMs', defaults.negativeTtlMs, 86_400_000);
  checkAmount('defaults.jitterRatio', defaults.jitterRatio, 0.5);
  checkAmount('defaults.softTimeoutMs', defaults.softTimeoutMs, MAX_MS);
  checkAmount('defaults.hardTimeoutMs', defaults.hardTimeoutMs, MAX_MS);
  checkAmount('defaults.staleIfErrorMs', defaults.staleIfErrorMs, MAX_MS);
  checkAmount('defaults.earlyRefresh', defaults.earlyRefresh, 10);
  const { enableSwr = true, compress = true, priority, isolation } = defaults;
  if (typeof enableSwr !== 'boolean') fail('defaults.enableSwr must be true or false');
  if (typeof compress !== 'boolean') fail('defaults.compress must be true or false');
  checkOption(() => choice('defaults.priority', priority, ['critical', 'high', 'normal', 'low']));
  checkOption(() => choice('defaults.isolation', isolation, ['freeze', 'clone', 'shared']));
}

/** Says of a configuration what would be said of a call. */
function checkOption(check: () => unknown): void {
  try {
    check();
  } catch (error) {
    fail(isCacheError(error) ? error.message : 'defaults can not be read');
  }
}

/**
 * Refuses what can't be a store, such as a class without `new`: it would look like a cache and reach nobody.
 * @throws CacheError `CONFIG_INVALID`
 */
export function checkProvider(provider: unknown): asserts provider is ICacheProvider {
  const methods = ['get', 'set', 'del'] as const;
  const candidate = (provider ?? {}) as Partial<Record<(typeof methods)[number], unknown>>;
  const missing = methods.filter((method) => typeof candidate[method] !== 'function');
  if (missing.length === 0) return;
  const hint = typeof provider === 'function' ? ' Is a `new` missing?' : '';
  fail(
    `The provider has no ${missing.join(', ')}; accepted: an object with get, set and del.${hint}`,
  );
}

function checkNumber(name: keyof typeof NUMBERS, value: unknown): void {
  const [min, max] = NUMBERS[name];
  checkWhole(name, value, min, max);
}

function checkWhole(name: string, value: unknown, min: number, max: number): void {
  if (value === undefined) return;
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return;
  fail(`${name} is ${shown(value)}; accepted: a whole number from ${min} to ${max}`);
}

function checkAmount(name: string, value: number | undefined, max: number): void {
  if (value === undefined || (typeof value === 'number' && value >= 0 && value <= max)) return;
  fail(`${name} is ${String(value)}; accepted: a number from 0 to ${max}`);
}

function fail(message: string): never {
  throw new CacheError('CONFIG_INVALID', /[.?]$/.test(message) ? message : `${message}.`);
}
