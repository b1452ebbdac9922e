import type { CacheOptions } from '@vitalcache/core';

/**
 * Options of `@CachePut()`: those of `CacheService.set()`, and how to make the key, which is that of the `@Cache()` that
 * reads it.
 */
export interface CachePutOptions extends CacheOptions {
  /** The cache of `CacheModule.forRoot({ name })`; absent: the one without a name. */
  readonly cache?: string;
  /** The key, with placeholders for parameters, and `{result.id}` for what the method returned. */
  readonly keyTemplate?: string;
  /** Makes the key from the arguments; `this` is the instance. */
  readonly key?: (...args: never[]) => string;
  /**
   * Only for handlers of requests: what they answer is the same for everybody. Without it, requests with credentials
   * put nothing into the cache; what is there becomes invalid.
   */
  readonly public?: boolean;
  /** Names to invalidate by, with placeholders as in `keyTemplate`, or a function of the value. */
  readonly tags?: NonNullable<CacheOptions['tags']>;
}
