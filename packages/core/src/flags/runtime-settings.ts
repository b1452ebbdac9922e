import { CacheError } from '../errors/cache.error.js';

/** What may be changed while the cache runs; complete, as it is in force. */
export interface RuntimeSettings {
  /** The kill switch: when false every read goes to its loader and nothing is stored. */
  readonly enabled: boolean;
  /** Seconds. */
  readonly defaultTtl: number;
  readonly compression: boolean;
  /** Encoded bytes. */
  readonly compressionThreshold: number;
  readonly metrics: boolean;
  readonly performanceMonitoring: boolean;
  /**
   * As `loadBalancing` and `autoScaling`: told to a provider that can be tuned when one of them changes. Until then the
   * provider is as it was made.
   */
  readonly batch: boolean;
  readonly adaptive: boolean;
  readonly memoryOptimization: boolean;
  readonly loadBalancing: boolean;
  readonly autoScaling: boolean;
  readonly warming: boolean;
  /** Works only while `warming` is on. */
  readonly predictive: boolean;
  /** Failures in a row. */
  readonly circuitBreakerThreshold: number;
  /** Milliseconds. */
  readonly circuitBreakerTimeout: number;
  readonly logLevel: 'silent' | 'error' | 'warn' | 'log' | 'debug';
}

export type SettingName = keyof RuntimeSettings;

type Accepted =
  | { readonly type: 'switch' }
  | { readonly type: 'number'; readonly min: number; readonly max: number }
  | { readonly type: 'choice'; readonly choices: readonly string[] };

const SWITCH = { type: 'switch' } as const;
const number = (min: number, max: number): Accepted => ({ type: 'number', min, max });

/** Each setting with the variable that it returns to, what it accepts, and its value when neither is there. */
export const RUNTIME_SETTINGS: Readonly<
  Record<SettingName, Accepted & { readonly variable: string; readonly default: unknown }>
> = {
  enabled: { ...SWITCH, variable: 'CACHE_ENABLED', default: true },
  defaultTtl: { ...number(0, 31_622_400), variable: 'CACHE_DEFAULT_TTL', default: 3_600 },
  compression: { ...SWITCH, variable: 'CACHE_ENABLE_COMPRESSION', default: true },
  compressionThreshold: {
    ...number(0, 2 ** 30),
    variable: 'CACHE_COMPRESSION_THRESHOLD',
    default: 1_024,
  },
  metrics: { ...SWITCH, variable: 'CACHE_ENABLE_METRICS', default: true },
  performanceMonitoring: {
    ...SWITCH,
    variable: 'CACHE_PERFORMANCE_MONITORING_ENABLED',
    default: true,
  },
  batch: { ...SWITCH, variable: 'CACHE_ENABLE_BATCH', default: true },
  adaptive: { ...SWITCH, variable: 'CACHE_ADAPTIVE_ENABLED', default: true },
  memoryOptimization: { ...SWITCH, variable: 'CACHE_MEMORY_OPTIMIZATION_ENABLED', default: true },
  loadBalancing: { ...SWITCH, variable: 'CACHE_LOAD_BALANCING_ENABLED', default: true },
  autoScaling: { ...SWITCH, variable: 'CACHE_AUTO_SCALING_ENABLED', default: true },
  warming: { ...SWITCH, variable: 'CACHE_WARMING_ENABLED', default: true },
  predictive: { ...SWITCH, variable: 'CACHE_PREDICTIVE_ENABLED', default: false },
  circuitBreakerThreshold: {
    ...number(1, 100_000),
    variable: 'CACHE_CIRCUIT_BREAKER_THRESHOLD',
    default: 10,
  },
  circuitBreakerTimeout: {
    ...number(1, 3_600_000),
    variable: 'CACHE_CIRCUIT_BREAKER_TIMEOUT',
    default: 30_000,
  },
  logLevel: {
    type: 'choice',
    choices: ['silent', 'error', 'warn', 'log', 'debug'],
    variable: 'CACHE_LOG_LEVEL',
    default: 'log',
  },
};

/** What holds when neither code nor environment nor the store says anything. */
export const RUNTIME_DEFAULTS = Object.freeze(
  Object.fromEntries(
    Object.entries(RUNTIME_SETTINGS).map(([name, setting]) => [name, setting.default]),
  ),
) as unknown as RuntimeSettings;

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(RUNTIME_SETTINGS, name);
}

/** @throws CacheError `OPTION_INVALID` naming what can be changed */
export function assertSettingName(name: unknown): asserts name is SettingName {
  if (typeof name === 'string' && isSettingName(name)) return;
  throw new CacheError(
    'OPTION_INVALID',
    `${JSON.stringify(String(name).slice(0, 40))} can't be changed while the cache runs; accepted: ${Object.keys(RUNTIME_SETTINGS).join(', ')}.`,
  );
}

export function isAccepted(name: SettingName, value: unknown): boolean {
  const setting = RUNTIME_SETTINGS[name];
  switch (setting.type) {
    case 'switch':
      return typeof value === 'boolean';
    case 'number':
      return (
        Number.isInteger(value) &&
        (value as number) >= setting.min &&
        (value as number) <= setting.max
      );
    case 'choice':
      return typeof value === 'string' && setting.choices.includes(value);
  }
}

/** @throws CacheError `OPTION_INVALID` naming the setting and what it accepts */
export function assertSetting(name: unknown, value: unknown): asserts name is SettingName {
  assertSettingName(name);
  if (isAccepted(name, value)) return;
  const setting = RUNTIME_SETTINGS[name];
  const given = typeof value === 'object' ? typeof value : JSON.stringify(value);
  const accepted = {
    switch: 'true or false',
    number: setting.type === 'number' ? `a whole number from ${setting.min} to ${setting.max}` : '',
    choice: setting.type === 'choice' ? `one of ${setting.choices.join(', ')}` : '',
  }[setting.type];
  throw new CacheError('OPTION_INVALID', `${name} is ${String(given)}; accepted: ${accepted}.`);
}
