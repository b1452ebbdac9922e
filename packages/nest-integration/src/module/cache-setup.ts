import { Logger } from '@nestjs/common';
import {
  CacheError,
  EnvironmentReader,
  findUnknownVariables,
  readCacheSettings,
  type CacheConfig,
  type CacheLogger,
  type CacheLogLevel,
  type CacheSettings,
  type Environment,
  type ProviderContext,
} from '@vitalcache/core';

import { createAdminSetup, type AdminSetup } from '../admin/admin.setup.js';
import { applicationName } from './application.js';
import { assertKnownOptions, type CacheModuleOptions } from './cache-module.options.js';
import { leveledLogger } from './leveled-logger.js';

/** What one CacheModule was told, by options and by variables. */
export interface CacheSetup {
  readonly options: CacheModuleOptions;
  /** `null` for the cache without a name. */
  readonly name: string | null;
  /** Knows what is wrong with the variables; every reader of variables uses this one. */
  readonly reader: EnvironmentReader;
  readonly settings: CacheSettings;
  /** Complete but for what the module adds. */
  readonly config: CacheConfig;
  readonly logger: CacheLogger;
  /** What the logger lets pass now. */
  readonly log: { level: CacheLogLevel };
  readonly admin: AdminSetup;
  /** Whether invalidations of what nobody knows are reported. */
  readonly reportsUnmatched: boolean;
  readonly provided: Omit<ProviderContext, 'onStateChange'>;
  /** Lines to warn with at start, once everything has been read. */
  readonly warnings: () => readonly string[];
}

/** The plugin of this name protects data. */
const HEALTHCARE = 'healthcare';
/** The plugin of this name measures, as long as these say so. */
const METRICS = 'metrics';
const OF_METRICS = ['CACHE_ENABLE_METRICS', 'CACHE_PERFORMANCE_MONITORING_ENABLED'];

/** What a provider package reads, and a provider that is built in code was told in its own words. */
const OF_PROVIDERS = [
  'CACHE_CONNECTION_TIMEOUT',
  'CACHE_COMMAND_TIMEOUT',
  'CACHE_CONNECTION_POOL_SIZE',
  'CACHE_MAX_CONNECTIONS',
  'CACHE_RETRY_ATTEMPTS',
  'CACHE_RETRY_DELAY',
  'CACHE_ENABLE_BATCH',
  'CACHE_LOAD_BALANCING_ENABLED',
  'CACHE_AUTO_SCALING_ENABLED',
  'CACHE_REPLICATION_ENABLED',
  'CACHE_SHARDING_ENABLED',
  'CACHE_SHARDS',
  'CACHE_SHARDS_FILE',
];

/** @throws CacheError `CONFIG_INVALID`; what is wrong with the variables is noted in the reader, not thrown. */
export function createCacheSetup(
  given: CacheModuleOptions | undefined,
  name: string | null = null,
): CacheSetup {
  const options = given ?? {};
  assertKnownOptions(options);
  if (options.name !== undefined && options.name !== name) {
    throw new CacheError(
      'CONFIG_INVALID',
      'name must be known before the options are made: CacheModule.forRootAsync({ name, useFactory }).',
    );
  }
  const env = options.env ?? process.env;
  const reader = new EnvironmentReader(env);
  const plugins = options.plugins ?? [];
  const settings = readCacheSettings(reader, {
    provider: options.defaultProvider,
    hasHealthcare: plugins.some(({ name }) => name === HEALTHCARE),
  });
  for (const plugin of plugins) plugin.readEnvironment?.(reader);
  const log = { level: options.settings?.logLevel ?? settings.logLevel };
  const logger = leveledLogger(options.logger ?? new Logger('Vitalcache'), () => log.level);
  return {
    options,
    name,
    reader,
    settings,
    logger,
    log,
    admin: createAdminSetup(reader, options.admin),
    reportsUnmatched: options.reportsUnmatched ?? env['NODE_ENV'] !== 'production',
    config: { ...configOf(options, settings, name), logger },
    provided: {
      ...settings.provided,
      maxBytes: storeBytes(options.l1MaxBytes ?? settings.cache.l1MaxBytes, settings.maxBytes),
    },
    warnings: () => [...settings.warnings, ...warningsOf(options, reader, env)],
  };
}

function configOf(
  options: CacheModuleOptions,
  settings: CacheSettings,
  name: string | null,
): CacheConfig {
  const {
    provider: _p,
    defaultProvider: _d,
    name: _n,
    env: _e,
    credentialHeaders: _c,
    admin: _a,
    events: _v,
    reportsUnmatched: _u,
    startup: _t,
    ...given
  } = options;
  const strategies = options.strategies ?? [];
  const namespace = settings.cache.namespace ?? applicationName();
  return {
    ...settings.cache,
    namespace: name === null ? namespace : `${namespace}/${name}`,
    ...withoutUndefined(given),
    settings: { ...settingsOf(settings), ...options.settings },
    defaults: {
      ...settings.cache.defaults,
      // Without a strategy that refreshes them, nothing should be called stale.
      enableSwr: strategies.some(({ name }) => name === 'swr'),
      ...withoutUndefined(options.defaults ?? {}),
    },
  };
}

/** What variables say of what can be changed at run time. */
function settingsOf(settings: CacheSettings) {
  const { features, isMetricsEnabled, isPerformanceMonitored, logLevel, provided } = settings;
  const { isBatching, isBalanced, isScaling } = provided.tuning;
  return {
    batch: isBatching,
    loadBalancing: isBalanced,
    autoScaling: isScaling,
    adaptive: features.isAdaptive,
    warming: features.isWarming,
    predictive: features.isPredictive,
    metrics: isMetricsEnabled,
    performanceMonitoring: isPerformanceMonitored,
    logLevel,
  };
}

function storeBytes(l1MaxBytes: number, maxBytes: number): number {
  if (l1MaxBytes < maxBytes) return maxBytes - l1MaxBytes;
  throw new CacheError(
    'CONFIG_INVALID',
    `l1MaxBytes is ${l1MaxBytes}, but CACHE_MAX_SIZE_MB allows ${maxBytes} bytes for everything that this process holds; accepted: less than that.`,
  );
}

function warningsOf(
  { provider, plugins = [] }: CacheModuleOptions,
  reader: EnvironmentReader,
  env: Environment,
): readonly string[] {
  const isSet = (name: string): boolean => reader.string(name) !== undefined;
  const lines: string[] = [];
  const overruled = [
    ...(provider ? ['CACHE_PROVIDER'] : []),
    ...(provider && !('fromEnvironment' in provider) ? OF_PROVIDERS : []),
  ].filter(isSet);
  if (overruled.length > 0) {
    lines.push(
      `set but without effect, because the provider is given in code: ${overruled.join(', ')}`,
    );
  }
  const isMeasured = plugins.some(({ name }) => name === METRICS);
  const idle = isMeasured ? [] : OF_METRICS.filter(isSet);
  if (idle.length > 0) {
    lines.push(
      `set but without effect, because nothing measures (plugins: [metricsPlugin()] of @vitalcache/metrics): ${idle.join(', ')}`,
    );
  }
  const unknown = findUnknownVariables(env, reader.known);
  if (unknown.length > 0) lines.push(`unknown variables: ${unknown.join(', ')}`);
  return lines;
}

function withoutUndefined<T extends object>(members: T): T {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as T;
}
