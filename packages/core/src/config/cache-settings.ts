import { getHeapStatistics } from 'node:v8';

import { assertCompressor } from '../entry/compression.js';
import type { ProviderContext } from '../provider/provider-package.js';
import type { CacheConfig } from '../service/cache-config.js';
import type { EnvironmentReader } from './environment.reader.js';
import { readFeatures, type FeatureSettings } from './feature-settings.js';
import {
  knowVariablesOfOthers,
  MAX_TTL_SECONDS,
  readVariablesOfHealthcare,
} from './cache-settings.table.js';
import { readStoreSettings } from './store-settings.js';

const MIB = 2 ** 20;
const MAX_L1_BYTES = 64 * MIB;
const LOG_LEVELS = ['silent', 'error', 'warn', 'log', 'info', 'debug'] as const;
const CODECS = ['snappy', 'gzip', 'brotli', 'zstd'] as const;
const DEFAULT_LEVEL = 6;
const NO_HEALTHCARE =
  ', because nothing protects (plugins: [healthcarePlugin()] of @vitalcache/healthcare-phi)';

/** What is logged: the level and all that is more severe. */
export type CacheLogLevel = 'silent' | 'error' | 'warn' | 'log' | 'debug';

/** What the `CACHE_*` variables say, complete: a variable that is not set has its default here. */
export interface CacheSettings {
  /** The word after `@vitalcache/provider-`. */
  readonly provider: string;
  readonly logLevel: CacheLogLevel;
  readonly isMetricsEnabled: boolean;
  readonly isPerformanceMonitored: boolean;
  readonly features: FeatureSettings;
  /** Bytes that this process may hold for the cache in all: an embedded store and the process's own tier. */
  readonly maxBytes: number;
  /** What `CacheService` takes; no namespace when CACHE_NAMESPACE is not set. */
  readonly cache: Required<
    Pick<
      CacheConfig,
      'enabled' | 'l1MaxBytes' | 'compression' | 'defaults' | 'memoryOptimization' | 'breaker'
    >
  > &
    Pick<CacheConfig, 'namespace'>;
  /** What a provider package is told. */
  readonly provided: Omit<ProviderContext, 'onStateChange'>;
  /** One line each, to be logged at start; they hold no secret. */
  readonly warnings: readonly string[];
}

export interface CacheSettingsDefaults {
  /** Used when CACHE_PROVIDER is not set. Default: `dragonfly`. */
  readonly provider?: string | undefined;
  /** Limit of the heap, for tests. Default: that of this process. */
  readonly heapLimitBytes?: number | undefined;
  /** Whether a plugin for protected data reads its variables itself. Default: false. */
  readonly hasHealthcare?: boolean | undefined;
}

/**
 * Reads and checks every `CACHE_*` variable. What is wrong is noted in the reader: call its `assertValid` before using
 * the result, after a provider package has read its own variables through the same reader.
 */
export function readCacheSettings(
  reader: EnvironmentReader,
  { provider = 'dragonfly', heapLimitBytes, hasHealthcare = false }: CacheSettingsDefaults = {},
): CacheSettings {
  const memory = readMemory(reader, heapLimitBytes ?? getHeapStatistics().heap_size_limit);
  const defaultTtlSeconds = reader.integer('CACHE_DEFAULT_TTL', 0, MAX_TTL_SECONDS) ?? 3_600;
  const namespace = readNamespace(reader);
  knowVariablesOfOthers(reader);
  const level = reader.choice('CACHE_LOG_LEVEL', LOG_LEVELS) ?? 'log';
  const compression = readCompression(reader);
  const { store, warnings: storeWarnings } = readStoreSettings(reader);
  const memoryOptimization = reader.boolean('CACHE_MEMORY_OPTIMIZATION_ENABLED') ?? true;
  return {
    provider: readProvider(reader) ?? provider,
    logLevel: level === 'info' ? 'log' : level,
    isMetricsEnabled: reader.boolean('CACHE_ENABLE_METRICS') ?? true,
    isPerformanceMonitored: reader.boolean('CACHE_PERFORMANCE_MONITORING_ENABLED') ?? true,
    features: readFeatures(reader),
    maxBytes: memory.maxBytes,
    cache: {
      ...(namespace !== undefined && { namespace }),
      enabled: reader.boolean('CACHE_ENABLED') ?? true,
      l1MaxBytes: memory.l1MaxBytes,
      compression: compression.policy,
      memoryOptimization,
      breaker: {
        threshold: reader.integer('CACHE_CIRCUIT_BREAKER_THRESHOLD', 1, 100_000) ?? 10,
        timeoutMs: reader.integer('CACHE_CIRCUIT_BREAKER_TIMEOUT', 1, 3_600_000) ?? 30_000,
      },
      // Entries that say nothing are compressed to save memory; `compress: false` is heard.
      defaults: { ttlMs: defaultTtlSeconds * 1_000, compress: memoryOptimization },
    },
    provided: { maxBytes: memory.maxBytes - memory.l1MaxBytes, ...store },
    warnings: [
      ...storeWarnings,
      ...memory.warnings,
      ...compression.warnings,
      ...(hasHealthcare ? [] : withoutEffect(readVariablesOfHealthcare(reader))),
    ],
  };
}

function withoutEffect(names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`set but without effect${NO_HEALTHCARE}: ${names.join(', ')}`];
}

function readProvider(reader: EnvironmentReader): string | undefined {
  const name = reader.string('CACHE_PROVIDER');
  if (name === undefined || /^[a-z0-9-]{1,40}$/.test(name)) return name;
  return reader.reject(
    'CACHE_PROVIDER',
    'the end of the name of a package @vitalcache/provider-<name>, such as dragonfly, redis or memory',
    name,
  );
}

function readNamespace(reader: EnvironmentReader): string | undefined {
  const name = reader.string('CACHE_NAMESPACE');
  if (name === undefined || /^[\w@./-]{1,64}$/.test(name)) return name;
  return reader.reject('CACHE_NAMESPACE', 'up to 64 letters, digits and the signs _ - . / @', name);
}

interface CompressionSettings {
  readonly policy: NonNullable<CacheConfig['compression']>;
  readonly warnings: readonly string[];
}

function readCompression(reader: EnvironmentReader): CompressionSettings {
  const isEnabled = reader.boolean('CACHE_ENABLE_COMPRESSION') ?? true;
  const codec = readCodec(reader) ?? 'snappy';
  const level = reader.integer('CACHE_COMPRESSION_LEVEL', 1, 22);
  const thresholdBytes = reader.integer('CACHE_COMPRESSION_THRESHOLD', 0, 1_024 * MIB) ?? 1_024;
  if (!isEnabled) return { policy: { compressor: 'none', thresholdBytes }, warnings: [] };
  if (codec !== 'snappy') {
    const policy = { compressor: codec, thresholdBytes, level: level ?? DEFAULT_LEVEL };
    return { policy, warnings: [] };
  }
  return {
    policy: { compressor: codec, thresholdBytes },
    warnings:
      level === undefined
        ? []
        : [
            'CACHE_COMPRESSION_LEVEL is set, but snappy has no levels; CACHE_COMPRESSION_CODEC chooses gzip, brotli or zstd',
          ],
  };
}

function readCodec(reader: EnvironmentReader): (typeof CODECS)[number] | undefined {
  const codec = reader.choice('CACHE_COMPRESSION_CODEC', CODECS);
  if (codec === undefined) return undefined;
  try {
    assertCompressor(codec);
    return codec;
  } catch {
    const accepted = `snappy, gzip or brotli on Node ${process.versions.node}, zstd from 22.15 on`;
    return reader.reject('CACHE_COMPRESSION_CODEC', accepted, codec);
  }
}

function readMemory(reader: EnvironmentReader, heapLimitBytes: number) {
  const limitMib = Math.max(1, Math.floor(heapLimitBytes / 2 / MIB));
  const asked = reader.integer('CACHE_MAX_SIZE_MB', 1, 1_048_576);
  const maxBytes = Math.min(asked ?? 1_024, limitMib) * MIB;
  const isClamped = asked !== undefined && asked > limitMib;
  return {
    maxBytes,
    l1MaxBytes: Math.min(MAX_L1_BYTES, Math.floor(maxBytes / 2)),
    warnings: isClamped
      ? [
          `CACHE_MAX_SIZE_MB is ${asked}, but half of this process's heap limit is ${limitMib} MB, which is used instead; node --max-old-space-size raises it`,
        ]
      : [],
  };
}
