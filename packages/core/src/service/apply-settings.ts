import type { SettingChanged } from '../flags/settings-change.js';
import type { OptionsResolver } from '../options/options.resolver.js';
import type { CacheRuntime } from './cache.runtime.js';

/** Lets the settings that concern the engine itself take effect as they change. */
export function applySettings(runtime: CacheRuntime, options: OptionsResolver): void {
  const { flags, breaker, repository } = runtime;
  const written = options.defaults;
  const initial = flags.values;
  flags.onChange(({ name }: SettingChanged) => {
    const { values } = flags;
    switch (name) {
      case 'defaultTtl': {
        const isWritten = values.defaultTtl === initial.defaultTtl;
        options.setDefaults(isWritten ? written : { ...written, ttlMs: values.defaultTtl * 1_000 });
        break;
      }
      case 'circuitBreakerThreshold':
      case 'circuitBreakerTimeout':
        breaker.configure({
          threshold: values.circuitBreakerThreshold,
          timeoutMs: values.circuitBreakerTimeout,
        });
        break;
      case 'compression':
      case 'compressionThreshold':
        repository.setCompression(values.compression, values.compressionThreshold);
        break;
      case 'memoryOptimization':
        repository.setRelieving(values.memoryOptimization);
        break;
      default: // asked for where it counts, or not the engine's
    }
  });
}
