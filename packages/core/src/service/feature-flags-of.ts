import type { Clock } from '../clock/clock.js';
import { FeatureFlagsService } from '../flags/feature-flags.service.js';
import type { RuntimeSettings } from '../flags/runtime-settings.js';
import type { Journal } from '../journal/journal.js';
import type { ICacheProvider } from '../provider/cache-provider.js';
import type { StoreKeys } from '../repository/store-keys.js';
import type { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import type { ICoverHasher } from '../validity/cover.hasher.js';
import { tagCoverage } from './cache-operations.js';

interface Runtime {
  readonly provider: ICacheProvider;
  readonly keys: StoreKeys;
  readonly errors: CacheErrorHandler;
  readonly clock: Clock;
  readonly hasher: ICoverHasher;
  readonly journal: Journal;
}

/** Carried by no entry, for no tag may hold a control character: its record says that settings have changed. */
const SETTINGS_TAG = '\u001fsettings';

/** The settings of a cache, of which its journal tells the others. */
export function featureFlagsOf(
  { provider, keys, errors, clock, hasher, journal }: Runtime,
  initial: Partial<RuntimeSettings>,
  deadlineMs: number,
): FeatureFlagsService {
  return new FeatureFlagsService({
    provider,
    name: keys.own('settings'),
    initial,
    errors,
    clock,
    deadlineMs,
    announce: async () => (await journal.invalidate([tagCoverage(hasher, SETTINGS_TAG)])).recorded,
    subscribe: (listener) => journal.subscribe(hasher.coverHashes('tag', [SETTINGS_TAG]), listener),
  });
}
