import { assertKey, assertKeys, assertPattern, assertTags } from '../key/key-rules.js';
import { BaseCacheMiddleware } from './base-cache.middleware.js';
import type { CacheOperation } from './cache-middleware.js';

/** Refuses keys, tags and patterns that can't be right, before anything else happens. */
export class ValidationCacheMiddleware extends BaseCacheMiddleware {
  readonly name = 'validation';

  /** What is held under a key was stored under it: the key is one. */
  onFreshHit(): void {
    // nothing to check
  }

  /** @throws CacheError `KEY_INVALID`, `TAG_INVALID`, `PATTERN_INVALID` */
  protected override before({ key, keys, tags, pattern }: CacheOperation): void {
    if (key !== null) assertKey(key);
    assertKeys(keys);
    if (pattern !== null) assertPattern(pattern);
    if (tags.length > 0) assertTags(tags);
  }
}
