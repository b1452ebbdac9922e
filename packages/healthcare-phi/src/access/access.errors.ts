import { CacheError } from '@vitalcache/core';

/**
 * Whoever asks gets nothing, and does not learn whether there is anything: the same for what is not there and for what
 * is not theirs. Its status is that of something absent.
 */
export class AccessDeniedError extends CacheError {
  override readonly name: string = 'AccessDeniedError';
  readonly status = 404;

  constructor() {
    super('ACCESS_DENIED', 'There is nothing here for whoever asks.');
  }
}

/** Protected data was asked for without saying who asks, or what for: a mistake of the application, not of a person. */
export class AccessMissingError extends CacheError {
  override readonly name: string = 'AccessMissingError';

  constructor(message: string) {
    super('ACCESS_MISSING', message);
  }
}

/** @param what is missing a context */
export function contextMissing(what: string): AccessMissingError {
  return new AccessMissingError(
    `${what} needs an access context: wrap the request in runWithAccess({ tenant, actor, roles, purpose }, fn).`,
  );
}
