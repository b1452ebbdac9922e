import type { Clock } from '../clock/clock.js';
import { InProcessJournalLog } from '../journal/in-process-journal.log.js';
import type { IJournalLog } from '../journal/journal-log.js';
import type { ICacheProvider } from '../provider/cache-provider.js';
import type { ProviderCapabilities } from '../provider/provider-capabilities.js';
import type { StoreKeys } from '../repository/store-keys.js';
import type { CacheLogger } from './cache-config.js';

interface Runtime {
  readonly provider: ICacheProvider;
  readonly store: ProviderCapabilities;
  readonly keys: StoreKeys;
  readonly clock: Clock;
  readonly logger: CacheLogger;
}

/** The store's journal, or one in this process for a store that keeps none. */
export function journalLogOf({ provider, store, keys, clock, logger }: Runtime): IJournalLog {
  if (store.journal) return store.journal.journal(keys.namespace);
  if (provider.shared) {
    logger.warn(
      `The provider ${provider.name ?? ''} is shared but has no journal: invalidations reach this process only.`,
    );
  }
  return InProcessJournalLog.of(provider, keys.namespace, { now: () => clock.now() });
}
