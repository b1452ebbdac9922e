import { describeCacheStrategy } from '@vitalcache/testing';

import { SWRCacheStrategy } from '../src/swr-cache.strategy.js';

describeCacheStrategy(
  'SWRCacheStrategy',
  ({ clock }) => new SWRCacheStrategy({ clock, utilization: () => 0 }),
);
