import { format } from 'node:util';

import { contentPlace, type CanaryPlace } from './canary-place.js';

type LogMethod = (message: unknown, ...more: unknown[]) => void;

/** Fits wherever a logger is asked for: the cache's own, Nest's, `console`'s levels. */
export interface RecordingLogger {
  readonly debug: LogMethod;
  readonly log: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
}

/** A logger that prints nothing, and all that it was given, formatted as `console` formats it. */
export function recordLogger(name = 'logger'): {
  readonly logger: RecordingLogger;
  readonly place: CanaryPlace;
} {
  const recorded: string[] = [];
  const hear: LogMethod = (...args) => void recorded.push(format(...args), '\n');
  return {
    logger: { debug: hear, log: hear, info: hear, warn: hear, error: hear },
    place: contentPlace(name, () => recorded),
  };
}
