import type { CacheOptions, KeyValue } from '@vitalcache/core';

/** A request as far as the cache looks at it; Express's and Fastify's both fit. */
export interface CacheRequest {
  readonly url?: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** What the application's authentication left there. */
  readonly user?: unknown;
}

/** A method's parameters are compared both ways, so that `(request: express.Request) => ...` fits, too. */
interface Varying {
  vary(request: CacheRequest): KeyValue | readonly KeyValue[];
}

/**
 * All that an answer depends on besides the arguments: names of request headers, or a function of the request. Requests
 * for which it gives the same share an answer.
 */
export type VaryBy = readonly string[] | Varying['vary'];

/** Options of `@Cache()`: those of `CacheService.cache()`, and how to make the key. */
export interface CacheDecoratorOptions extends CacheOptions {
  /** The cache of `CacheModule.forRoot({ name })`; absent: the one without a name. */
  readonly cache?: string;
  /**
   * The key, with placeholders for parameters: `users:{id}`, `users:{user.id}`, `users:{0}`. Without it the key is
   * `Class:method:<hash of all arguments>`.
   */
  readonly keyTemplate?: string;
  /** Makes the key from the arguments; `this` is the instance. Values that come from outside should be escaped. */
  readonly key?: (...args: never[]) => string;
  /**
   * Only for handlers of HTTP requests, GraphQL included: the answer is the same for everybody, whoever asks. Without this or `varyBy`,
   * requests with credentials get an answer of their own that is not cached.
   */
  readonly public?: boolean;
  /** Only for handlers of HTTP requests, GraphQL included: what else the answer depends on. */
  readonly varyBy?: VaryBy;
  /** Names to invalidate by, with placeholders as in `keyTemplate`, or a function of the value. */
  readonly tags?: NonNullable<CacheOptions['tags']>;
}
