import type { CompressionPolicy } from '../entry/value.codec.js';
import type { RuntimeSettings } from '../flags/runtime-settings.js';
import { CACHE_DEFAULTS } from '../options/cache-options.js';
import type { CacheConfig } from './cache-config.js';

/** What code and environment say about what can be changed later. */
export function initialSettings(
  { enabled = true, defaults = {}, breaker = {}, memoryOptimization = true, settings }: CacheConfig,
  { compressor, thresholdBytes }: CompressionPolicy,
): Partial<RuntimeSettings> {
  const ttlMs = defaults.ttlMs ?? CACHE_DEFAULTS.ttlMs;
  return {
    ...settings,
    enabled,
    defaultTtl: Math.ceil(ttlMs / 1_000),
    compression: compressor !== 'none',
    compressionThreshold: thresholdBytes,
    memoryOptimization,
    ...(breaker.threshold !== undefined && { circuitBreakerThreshold: breaker.threshold }),
    ...(breaker.timeoutMs !== undefined && { circuitBreakerTimeout: breaker.timeoutMs }),
  };
}
