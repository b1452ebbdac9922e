import type { CacheLogger } from '@vitalcache/core';

import type { RequestScopes } from '../http/request-scopes.js';
import type { RequestSharing } from '../http/request-sharing.js';

/** What cached methods need of their application besides the cache. */
export interface MethodContext {
  readonly scopes: RequestScopes;
  readonly sharing: RequestSharing;
  readonly logger: CacheLogger;
}

/** Injection token of {@link MethodContext}. */
export const METHOD_CONTEXT_TOKEN = 'VITALCACHE_METHOD_CONTEXT_TOKEN';
