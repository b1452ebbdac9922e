import type { ProviderPackage } from '@vitalcache/core';
import { optionsFrom } from '@vitalcache/provider-redis';

import { DragonflyCacheProvider } from './dragonfly-cache.provider.js';
import { DragonflyService } from './dragonfly.service.js';

/** Makes `CACHE_PROVIDER=dragonfly` work: builds the provider from the DRAGONFLY_ variables. */
export const providerPackage: ProviderPackage = {
  name: 'dragonfly',
  connections: {
    token: DragonflyService,
    of: (provider) => (provider instanceof DragonflyCacheProvider ? provider.service : null),
  },
  fromEnvironment(reader, context) {
    const options = optionsFrom(reader, 'DRAGONFLY_', context);
    return new DragonflyCacheProvider(new DragonflyService(options));
  },
};
