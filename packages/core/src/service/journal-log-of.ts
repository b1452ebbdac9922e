import type { Clock } from '../clock/clock.js';
import { InProcessJournalLog } from '../journal/in-process-journal.log.js';
import { constantsOf, knowsConstants } from '../journal/journal-options.js';
import type { IJournalLog } from '../journal/journal-log.js';
import type { DataProtection } from '../protection/data-protection.js';
import { ProtectedJournalLog } from '../protection/protected-journal.log.js';
import { RecordProof } from '../protection/record-proof.js';
import type { ICacheProvider } from '../provider/cache-provider.js';
import type { ProviderCapabilities } from '../provider/provider-capabilities.js';
import type { StoreKeys } from '../repository/store-keys.js';
import type { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import { RareWarning } from '../resilience/rare-warning.js';
import type { CacheLogger } from './cache-config.js';

/** What a log is made of. */
export interface LogRuntime {
  readonly provider: ICacheProvider;
  readonly store: ProviderCapabilities;
  readonly keys: StoreKeys;
  readonly clock: Clock;
  readonly logger: CacheLogger;
  readonly errors: CacheErrorHandler;
  readonly protection: DataProtection | null;
}

/** The log of a namespace; where there is a secret, with records that only those who have it can read or make. */
export function journalLogOf(runtime: LogRuntime, durable: boolean): IJournalLog {
  const log = plainLogOf(runtime);
  const { protection, keys, errors, logger, clock } = runtime;
  if (!protection) return log;
  const terms = { durable, marks: protection.names };
  const warning = new RareWarning(logger, clock);
  return new ProtectedJournalLog({
    log,
    proof: new RecordProof(protection.names, keys.namespace),
    isOurs: (constants) => constants === constantsOf(terms) || knowsConstants(constants, terms),
    onForged: () => {
      errors.note('record-refused');
      warning.say(
        'The journal holds a record that none of us made, or by a process that has not the same secrets: everything that was cached before it is refused. While secrets are exchanged, every process takes a step before any takes the next.',
      );
    },
  });
}

/** The store's journal, or one in this process for a store that keeps none. */
function plainLogOf({ provider, store, keys, clock, logger }: LogRuntime): IJournalLog {
  if (store.journal) return store.journal.journal(keys.namespace);
  if (provider.shared) {
    logger.warn(
      `The provider ${provider.name ?? ''} is shared but has no journal: invalidations reach this process only.`,
    );
  }
  return InProcessJournalLog.of(provider, keys.namespace, { now: () => clock.now() });
}
