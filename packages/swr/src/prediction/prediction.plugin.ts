import type { CachePlugin, CacheService } from '@vitalcache/core';

import type { PredictiveWarmer } from './predictive-warmer.js';

/**
 * Gives a cache a {@link PredictiveWarmer} that warms while the settings `predictive` (CACHE_PREDICTIVE_ENABLED) and
 * `warming`, without which there is none, say so; it learns in any case. Pass it in `plugins`.
 */
export function predictionPlugin(warmer: PredictiveWarmer): CachePlugin<CacheService> {
  let end = (): void => undefined;
  return {
    name: 'prediction',
    middleware: [warmer],
    async start(cache) {
      const follow = async (): Promise<void> => {
        const { predictive, warming } = cache.settings;
        if (predictive && warming) await warmer.start(cache);
        else warmer.stop();
      };
      end = cache.onSettingChanged(({ name }) => {
        if (name === 'predictive' || name === 'warming') void follow(); // never rejects: what it reads may be missing
      });
      await follow();
    },
    async close() {
      end();
      await warmer.close();
    },
  };
}
