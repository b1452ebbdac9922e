import { assertOptionNames, type CacheLogger, type StoreKeeper } from '@vitalcache/core';

import { currentAccess, systemAccess } from '../access/access-scope.js';
import type { IAudit } from '../audit/audit-event.js';
import type { ILegalHold } from '../legal-hold/legal-hold.js';
import type { EntryIndex } from '../subjects/entry-index.js';
import type { EraseGuard } from './erase.guard.js';

/** What a purge found and did. */
export interface PurgeResult {
  /** Members of indexes whose entries are gone, and which were removed; none while a legal hold is in force. */
  readonly orphans: number;
  /** Entries that were looked at, and those among them that would be kept without an end: must be none. */
  readonly entries: number;
  readonly endless: number;
  /** Whether all was looked at within the deadline; false also where the store can't be looked through. */
  readonly complete: boolean;
  /** Whether a legal hold kept anything from being removed. */
  readonly isHeld: boolean;
}

export interface PurgeJobOptions {
  readonly keeper: Pick<StoreKeeper, 'census' | 'visitSets' | 'timesLeft'>;
  readonly index: Pick<EntryIndex, 'trim'>;
  readonly guard: EraseGuard;
  readonly holds: ILegalHold;
  readonly audit: IAudit;
  readonly logger: Pick<CacheLogger, 'error'>;
}

/** Long for a nightly run, and yet an end. */
const DEADLINE_MS = 600_000;

/**
 * Housekeeping for a nightly run: removes what indexes still name and is gone, and proves that no entry of the namespace
 * lacks an expiry. On record; it removes no data, and under a legal hold nothing at all.
 */
export class PurgeJob {
  readonly #options: PurgeJobOptions;

  constructor(options: PurgeJobOptions) {
    this.#options = options;
  }

  async run(options: { readonly deadlineMs?: number } = {}): Promise<PurgeResult> {
    assertOptionNames('purge', options, { deadlineMs: true }, 'OPTION_INVALID');
    const { deadlineMs = DEADLINE_MS } = options;
    const { audit, guard, holds, index, keeper, logger } = this.#options;
    const context = currentAccess() ?? systemAccess(null);
    await guard.assertMay(context, { tenant: null, shred: false, template: 'purge' });
    const { actor, tenant, roles } = context;
    const isHeld = await holds.isHeld({});
    let orphans = 0;
    let isTrimmed = true;
    const visit = async (sets: readonly string[]): Promise<void> => {
      for (const set of sets) {
        const dropped = await index.trim(set, (names) => keeper.timesLeft(names));
        isTrimmed &&= dropped !== null;
        orphans += dropped ?? 0;
      }
    };
    const areSetsDone = isHeld || ((await keeper.visitSets(visit, deadlineMs)) && isTrimmed);
    const { seen: entries, endless, complete } = await keeper.census(deadlineMs);
    const result = { orphans, entries, endless, complete: complete && areSetsDone, isHeld };
    if (endless > 0) {
      logger.error(
        `${endless} entries in the store have no expiry: somebody wrote or restored them past the cache. clearPHICache() removes them.`,
      );
    }
    await audit.record({
      event: 'clear',
      action: 'E',
      outcome: endless > 0 ? 8 : 0,
      actor,
      roles,
      tenant,
      template: 'purge',
      level: 'standard',
      detail: { ...result },
    });
    return result;
  }
}
