import { CacheError } from '@vitalcache/core';

import { timedOut } from './redis.errors.js';

/**
 * Resolves as `answer` does if that happens within `ms`. The answer is still awaited elsewhere, so a late failure of it
 * is of no concern.
 * @param signal ends the wait, too
 * @throws CacheError `STORE_TIMEOUT` after `ms`, or when the signal says so
 */
export function answersWithin<T>(ms: number, answer: Promise<T>, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const expire = (): void => {
      const { code, message } = timedOut();
      reject(new CacheError(code, message));
      settle();
    };
    // An answer that arrived while this process was busy is read before setImmediate runs: it counts.
    const timer = setTimeout(() => setImmediate(expire), ms);
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', expire);
    };
    signal?.addEventListener('abort', expire);
    answer.then(
      (value) => {
        settle();
        resolve(value);
      },
      (error: Error) => {
        settle();
        reject(error);
      },
    );
  });
}
