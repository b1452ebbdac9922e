import type { CacheLogger, CacheLogLevel } from '@vitalcache/core';

const LEVELS = ['error', 'warn', 'log', 'debug'] as const satisfies readonly (keyof CacheLogger)[];

/** Passes on what is at least as severe as `level` says at that time. */
export function leveledLogger(logger: CacheLogger, level: () => CacheLogLevel): CacheLogger {
  const at = (name: (typeof LEVELS)[number]): ((message: string) => void) => {
    const severity = LEVELS.indexOf(name);
    return (message) => {
      const current = level();
      if (current !== 'silent' && severity <= LEVELS.indexOf(current)) logger[name](message);
    };
  };
  return { error: at('error'), warn: at('warn'), log: at('log'), debug: at('debug') };
}
