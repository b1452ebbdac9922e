import { CacheError, isCacheError } from '@vitalcache/core';

const NAME = /^[A-Za-z]{1,60}$/;

/** An error of a store or provider that somebody else wrote, without its message, which may repeat what it was given. */
export function keyFailure(error: unknown): CacheError {
  if (isCacheError(error)) return error;
  const name = (error as Error | null)?.name ?? '';
  return new CacheError(
    'STORE_UNAVAILABLE',
    `A key can't be had: the key store failed (${NAME.test(name) ? name : 'no reason given'}); check CACHE_KEY_STORE_URL, and that it runs.`,
  );
}
