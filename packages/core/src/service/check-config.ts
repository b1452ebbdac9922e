import { CacheError } from '../errors/cache.error.js';
import type { ICacheProvider } from '../provider/cache-provider.js';
import type { CacheConfig } from './cache-config.js';

/** Whole numbers and what they may be. */
const NUMBERS = {
  l1MaxBytes: [0, 2 ** 40],
  maxValueBytes: [1, 2 ** 30],
  readBudgetMs: [1, 60_000],
  invalidationDeadlineMs: [1, 600_000],
  blindAfterMs: [1, 600_000],
  blindMaxMs: [0, 3_600_000],
  maxQueuedInvalidations: [1, 1_000_000],
  sketchSlots: [2, 2 ** 26],
  schemaVersion: [0, 65_535],
} as const satisfies Partial<Record<keyof CacheConfig, readonly [number, number]>>;

/** The compiler sees to it that the names are complete. */
const OTHERS: Readonly<Record<Exclude<keyof CacheConfig, keyof typeof NUMBERS>, true>> = {
  namespace: true,
  enabled: true,
  strategies: true,
  middleware: true,
  keyFactory: true,
  defaults: true,
  logger: true,
  compression: true,
  clock: true,
  random: true,
};

/**
 * Refuses a configuration that would not do what it says.
 * @throws CacheError `CONFIG_INVALID` naming the option and what it accepts
 */
export function checkConfig(config: CacheConfig): void {
  for (const [name, value] of Object.entries(config)) {
    if (value === undefined) continue;
    if (name in NUMBERS) checkNumber(name as keyof typeof NUMBERS, value);
    else if (!(name in OTHERS)) {
      fail(`${name} is no option; accepted: ${Object.keys({ ...OTHERS, ...NUMBERS }).join(', ')}`);
    }
  }
  const { namespace = 'default', enabled = true, sketchSlots = 2, defaults = {} } = config;
  if (!/^[\w@./-]{1,64}$/.test(namespace)) {
    fail(
      `namespace is ${JSON.stringify(namespace)}; accepted: up to 64 letters, digits and the signs _ - . / @`,
    );
  }
  if (typeof enabled !== 'boolean') fail('enabled must be true or false');
  if (!Number.isInteger(Math.log2(sketchSlots))) fail('sketchSlots must be a power of two');
  checkAmount('defaults.ttlMs', defaults.ttlMs, 31_622_400_000);
  checkAmount('defaults.negativeTtlMs', defaults.negativeTtlMs, 86_400_000);
  checkAmount('defaults.jitterRatio', defaults.jitterRatio, 0.5);
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
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return;
  fail(`${name} is ${String(value)}; accepted: a whole number from ${min} to ${max}`);
}

function checkAmount(name: string, value: number | undefined, max: number): void {
  if (value === undefined || (value >= 0 && value <= max)) return;
  fail(`${name} is ${String(value)}; accepted: a number from 0 to ${max}`);
}

function fail(message: string): never {
  throw new CacheError('CONFIG_INVALID', /[.?]$/.test(message) ? message : `${message}.`);
}
