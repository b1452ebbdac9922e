import type { SettingChanged } from '../flags/settings-change.js';
import type { ICacheMiddleware } from '../middleware/cache-middleware.js';
import type { OptionsResolver } from '../options/options.resolver.js';
import type { CacheRuntime } from './cache.runtime.js';

/** Lets the settings that concern the engine itself take effect as they change, and tells the middleware that asks. */
export function applySettings(
  runtime: CacheRuntime,
  options: OptionsResolver,
  middleware: readonly ICacheMiddleware[],
): void {
  const { flags, breaker, repository, store } = runtime;
  const written = options.defaults;
  const initial = flags.values;
  for (const one of middleware) {
    if (one.settingChanged) flags.onChange((change) => one.settingChanged?.(change));
  }
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
      case 'batch':
      case 'loadBalancing':
      case 'autoScaling':
        store.tuning?.tune({
          isBatching: values.batch,
          isBalanced: values.loadBalancing,
          isScaling: values.autoScaling,
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
