import { assertKey, assertKeys, assertPattern, assertTags } from '../key/key-rules.js';
import type { CacheOperation, ICacheMiddleware, OperationResult } from './cache-middleware.js';

/** Refuses keys, tags and patterns that can't be right, before anything else happens. */
export class ValidationCacheMiddleware implements ICacheMiddleware {
  readonly name = 'validation';

  /** What is held under a key was stored under it: the key is one. */
  onFreshHit(): void {
    // nothing to check
  }

  /** @throws CacheError `KEY_INVALID`, `TAG_INVALID`, `PATTERN_INVALID` */
  handle<R extends OperationResult>(
    { key, keys, tags, pattern }: CacheOperation,
    next: () => Promise<R>,
  ): Promise<R> {
    if (key !== null) assertKey(key);
    if (keys.length > 0) assertKeys(keys);
    if (pattern !== null) assertPattern(pattern);
    if (tags.length > 0) assertTags(tags);
    return next();
  }
}
