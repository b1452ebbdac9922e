import { CacheError } from '@vitalcache/core';

/**
 * Refuses to send the audit log, which names patients, over a network in the clear.
 * @param schemes the protected ones, such as `https:`
 * @throws CacheError `CONFIG_INVALID`
 */
export function assertSecureUrl(url: string, schemes: readonly string[], option: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed) throw new CacheError('CONFIG_INVALID', `${option} of the audit must be one.`);
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(parsed.hostname);
  if (isLoopback || schemes.includes(parsed.protocol)) return parsed;
  throw new CacheError(
    'CONFIG_INVALID',
    `${option} of the audit must begin with ${schemes.join(' or ')}//: records name patients, and must not cross a network in the clear.`,
  );
}
