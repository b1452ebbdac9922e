import { SetMetadata, type CustomDecorator, type ExecutionContext } from '@nestjs/common';

import type { VaryBy } from '../decorator/cache-decorator.options.js';

export const CACHE_KEY_METADATA = 'cache_module:cache_key';
export const CACHE_TTL_METADATA = 'cache_module:cache_ttl';
export const CACHE_SHARING_METADATA = 'cache_module:cache_sharing';

export type CacheKeyOfContext = (
  context: ExecutionContext,
) => string | undefined | Promise<string | undefined>;
export type CacheTTLFactory = (context: ExecutionContext) => number | Promise<number>;

/** With whom answers to requests with credentials are shared; one of the two. */
export interface CacheSharingOptions {
  /** The answer is the same for everybody, whoever asks. */
  readonly public?: boolean;
  /** All that the answer depends on besides the key: names of request headers, or a function of the request. */
  readonly varyBy?: VaryBy;
}

/** The key of what {@link CacheInterceptor} caches, instead of the URL. */
export const CacheKey = (key: string | CacheKeyOfContext): CustomDecorator =>
  SetMetadata(CACHE_KEY_METADATA, key);

/** How long {@link CacheInterceptor} caches it, in milliseconds; on a handler or a controller. */
export const CacheTTL = (ttl: number | CacheTTLFactory): CustomDecorator =>
  SetMetadata(CACHE_TTL_METADATA, ttl);

/**
 * Who else gets the answers of a handler or a controller to requests with credentials: without it nobody, and they are not
 * cached. `@nestjs/cache-manager` has no such thing: there everybody gets them.
 */
export const CacheSharing = (options: CacheSharingOptions): CustomDecorator =>
  SetMetadata(CACHE_SHARING_METADATA, options);
