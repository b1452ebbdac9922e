import { settle } from './fake-clock.js';

/** What a promise gives if it needs no time to pass; otherwise this. */
export const PENDING = Symbol('pending');

/** What `promise` gives or rejects with while the clock stands still; {@link PENDING} if it waits for time. */
export function withoutTime<T>(promise: Promise<T>): Promise<T | typeof PENDING> {
  return Promise.race([promise, settle().then((): typeof PENDING => PENDING)]);
}
