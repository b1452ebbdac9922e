import type { InvalidationOptions } from '@vitalcache/core';

/**
 * Options of `@CacheInvalidate()`: what becomes invalid when the method has succeeded. Placeholders are those of
 * `keyTemplate`, and `{result}` or `{result.id}` for what the method returned; a list stands for each of its members.
 */
export interface CacheInvalidateOptions extends InvalidationOptions {
  /** The cache of `CacheModule.forRoot({ name })`; absent: the one without a name. */
  readonly cache?: string;
  /** Keys, with their variants: `users:{id}`. */
  readonly keys?: readonly string[];
  /** Tags: `users`, `user:{id}`. */
  readonly tags?: readonly string[];
  /** Globs over keys: `users:{id}:*`. */
  readonly patterns?: readonly string[];
  /** Also when the method failed, because it may have changed something before. Default: false. */
  readonly alsoOnError?: boolean;
}
