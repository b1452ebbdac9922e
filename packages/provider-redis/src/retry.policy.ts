import { setTimeout as sleep } from 'node:timers/promises';

import { RedisError, UnconnectedError } from './connection/redis.errors.js';

export interface RetryPolicyOptions {
  /** How often work is tried again at most; 0: never. */
  readonly attempts: number;
  /** Longest pause, the one before the last attempt, milliseconds; each pause before it is half of the next. */
  readonly delayMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Ends pauses at once; what is then tried a last time is expected to reject. */
  readonly signal: AbortSignal;
}

/** Tries again, after a pause, what failed for a passing reason. */
export class RetryPolicy {
  readonly #options: RetryPolicyOptions;

  constructor(options: RetryPolicyOptions) {
    this.#options = options;
  }

  /** @param work fit to be done twice */
  async run<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (attempt >= this.#options.attempts || !isPassing(error, attempt)) throw error;
        await this.#pause(attempt + 1);
      }
    }
  }

  /** A random half of it, so that a fleet does not return in step. */
  async #pause(attempt: number): Promise<void> {
    const { attempts, delayMs, random, signal } = this.#options;
    const pauseMs = (delayMs / 2 ** (attempts - attempt)) * (0.5 + random() / 2);
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** While there is no connection nothing waits for one, but for what lost one. */
function isPassing(error: unknown, attempt: number): boolean {
  if (attempt === 0 && error instanceof UnconnectedError) return false;
  return error instanceof RedisError && error.isPassing;
}
