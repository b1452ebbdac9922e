import { CacheError } from '@vitalcache/core';

const WORD = /^[A-Za-z0-9_ ]{1,60}$/;
const LATE = new Set(['TimeoutError', 'AbortError']);

/**
 * An error of a key service, for whoever reads it: its code or its name, and nothing else of it, as messages of services
 * repeat what they were sent.
 */
export function providerFailure(id: string, error: unknown): CacheError {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  if (typeof name === 'string' && LATE.has(name)) {
    return new CacheError(
      'STORE_TIMEOUT',
      `The key provider ${id} did not answer in time; check that it can be reached from here.`,
    );
  }
  const word = [code, name].find((said) => typeof said === 'string' && WORD.test(said)) as
    string | undefined;
  return new CacheError(
    'STORE_UNAVAILABLE',
    `The key provider ${id} failed (${word ?? 'no reason given'}); check its address, its key and the rights of this process.`,
  );
}
