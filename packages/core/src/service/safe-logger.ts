import type { CacheLogger } from './cache-config.js';

const SILENT: CacheLogger = {
  debug: () => undefined,
  log: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A logger that fails, at once or later, breaks nothing: there is nowhere to say so. Without one nothing is said. */
export function safeLogger(logger: CacheLogger = SILENT): CacheLogger {
  const safely =
    (level: keyof CacheLogger) =>
    (message: string): void => {
      try {
        const said: unknown = logger[level](message);
        if (said instanceof Promise) said.catch(() => undefined);
      } catch {
        // what it would have said is lost; what it was about goes on
      }
    };
  return {
    debug: safely('debug'),
    log: safely('log'),
    warn: safely('warn'),
    error: safely('error'),
  };
}
