import type { CacheLogger, CacheLogLevel } from '@vitalcache/core';

const LEVELS = ['error', 'warn', 'log', 'debug'] as const satisfies readonly (keyof CacheLogger)[];

/** Passes on what is at least as severe as `level`. */
export function leveledLogger(logger: CacheLogger, level: CacheLogLevel): CacheLogger {
  const last = level === 'silent' ? -1 : LEVELS.indexOf(level);
  const at = (name: (typeof LEVELS)[number]): ((message: string) => void) =>
    LEVELS.indexOf(name) <= last ? (message) => logger[name](message) : () => undefined;
  return { error: at('error'), warn: at('warn'), log: at('log'), debug: at('debug') };
}
