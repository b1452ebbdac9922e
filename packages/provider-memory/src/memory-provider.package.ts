import type { ProviderPackage } from '@vitalcache/core';

import { MemoryCacheProvider } from './memory-cache.provider.js';

/** Makes `CACHE_PROVIDER=memory` work. It reads no variable of its own; the bound is the context's. */
export const providerPackage: ProviderPackage = {
  name: 'memory',
  fromEnvironment: (_reader, { maxBytes }) => new MemoryCacheProvider({ maxBytes }),
};
