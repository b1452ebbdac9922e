const BRAND = Symbol.for('@vitalcache/CacheError');

/** Everything that can go wrong in the cache itself, as a literal that callers may branch on. */
export type CacheErrorCode =
  | 'CONFIG_INVALID'
  | 'OPTION_INVALID'
  | 'KEY_INVALID'
  | 'TAG_INVALID'
  | 'PATTERN_INVALID'
  | 'VALUE_INVALID'
  | 'FEATURE_MISSING'
  | 'STORE_UNAVAILABLE'
  | 'STORE_TIMEOUT'
  | 'STORE_REFUSED'
  | 'JOURNAL_MISMATCH'
  | 'NOT_RECORDED'
  | 'ACCESS_MISSING'
  | 'ACCESS_DENIED'
  | 'LEGAL_HOLD'
  | 'AUDIT_UNAVAILABLE'
  | 'LOAD_REENTRANT'
  | 'LOAD_TIMEOUT'
  | 'LOAD_FAILED'
  | 'CLOSED';

/**
 * The one error class of the cache. Its message says what is wrong, which option or variable, what is accepted and
 * what to do; it never holds a value, and never a key that could name a patient.
 */
export class CacheError extends Error {
  override readonly name: string = 'CacheError';
  readonly [BRAND] = true;

  constructor(
    readonly code: CacheErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** A load took longer than `hardTimeoutMs`; its signal has fired unless others still wait for it. */
export class CacheLoadTimeoutError extends CacheError {
  override readonly name: string = 'CacheLoadTimeoutError';

  /** @param timeoutMs what the caller allowed */
  constructor(readonly timeoutMs: number) {
    super(
      'LOAD_TIMEOUT',
      `The loader did not finish within hardTimeoutMs (${timeoutMs}); pass its context's signal on, or allow more.`,
    );
  }
}

/** Tells a cache error by its brand, also across copies of this package in one process. */
export function isCacheError(error: unknown, code?: CacheErrorCode): error is CacheError {
  try {
    if (typeof error !== 'object' || error === null || !(BRAND in error)) return false;
    return code === undefined || (error as CacheError).code === code;
  } catch {
    return false; // something that can't be looked at, such as a revoked proxy
  }
}
