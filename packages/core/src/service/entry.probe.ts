import { within, type Clock } from '../clock/clock.js';
import { SealedHeldEntry } from '../entry/sealed-held.entry.js';
import type { HeldEntry } from '../entry/held-entry.js';
import { compareEpochs } from '../journal/fence.js';
import type { JournalRecord } from '../journal/journal-record.js';
import type { Journal } from '../journal/journal.js';
import { assertKey } from '../key/key-rules.js';
import type { CacheRepository } from '../repository/cache.repository.js';
import type { FoundEntry, Tier } from '../repository/found-entry.js';
import { covers } from '../validity/exact-coverage.js';
import { verdictOf } from '../validity/verdict.js';

/** What a read of a key would be served at this moment, held against the journal as the store has it. */
export interface Probe {
  /**
   * - `valid`: none of the latest invalidations that were recorded before the look covers it
   * - `covered`: one of them does, or it is of an epoch that is over: whoever gets it gets something stale
   * - `absent`: nothing would be served, but loaded
   * - `unknown`: the journal did not answer in time, or this process is further behind than a probe reads
   */
  readonly verdict: 'valid' | 'covered' | 'absent' | 'unknown';
  readonly tier: Tier | null;
  /** Milliseconds since its load began; `null` when it is absent. */
  readonly ageMs: number | null;
  /** Milliseconds since the first of what covers it, by the store's clock and this process's; 0 unless it is covered. */
  readonly coveredForMs: number;
  /** Two probes that agree here, and in the key, saw the same entry; `null` when it is absent. */
  readonly entry: string | null;
  /** What would be served, which nobody may change; `undefined` when it is absent. */
  value(): unknown;
}

export interface EntryProbeOptions {
  readonly journal: Journal;
  readonly repository: CacheRepository;
  readonly clock: Clock;
  readonly isEnabled: () => boolean;
}

/** Records that a probe looks at: some kilobytes, also when thousands are written in a second. */
const MAX_RECORDS = 128;
/** Nobody waits for a probe; it must end all the same. */
const BUDGET_MS = 1_000;

/** Entries of no template and no tenant, as `get` finds them. */
const VIEW = { template: 'unnamed', isolation: 'freeze', tenant: null, admission: null } as const;

const ABSENT: Probe = {
  verdict: 'absent',
  tier: null,
  ageMs: null,
  coveredForMs: 0,
  entry: null,
  value: () => undefined,
};

/**
 * Judges what is served by another way than the one by which it is served: by the records themselves, which it reads
 * before the entry is looked up, and of which this process is told nothing. So it neither repairs what it looks at, nor takes
 * an invalidation that comes meanwhile for one that was missed.
 */
export class EntryProbe {
  readonly #options: EntryProbeOptions;

  constructor(options: EntryProbeOptions) {
    this.#options = options;
  }

  /** Loads nothing and refreshes nothing. @throws CacheError `KEY_INVALID` */
  async look(key: string): Promise<Probe> {
    assertKey(key);
    const { journal, clock, isEnabled } = this.#options;
    if (!isEnabled()) return ABSENT;
    const reading = journal.latest(MAX_RECORDS).catch(() => null);
    const records = await within(clock, BUDGET_MS, reading, () => null);
    const found = await this.#found(key);
    if (!found || !isEnabled()) return ABSENT;
    const { entry, tier } = found;
    const now = clock.now();
    return {
      ...this.#judged(entry, records),
      tier,
      ageMs: Math.max(0, now - entry.createdAt),
      entry: `${entry.position}.${entry.createdAt}`,
      value: () => entry.value,
    };
  }

  /** What a read finds, in whichever way it is held; nothing that is only kept for failures. */
  async #found(key: string): Promise<FoundEntry | null> {
    const { repository, clock } = this.#options;
    const own = repository.peek(key, clock.now());
    if (own instanceof SealedHeldEntry) return null; // not to be told of without its key
    const found: FoundEntry | null = own
      ? { entry: own, tier: 'l1' }
      : await repository.find(key, VIEW);
    return found && found.entry.expiresAt > clock.now() ? found : null;
  }

  /** @param records newest first; `null`: not to be had */
  #judged(
    entry: HeldEntry,
    records: readonly JournalRecord[] | null,
  ): Pick<Probe, 'verdict' | 'coveredForMs'> {
    const { journal, clock } = this.#options;
    const [newest, oldest] = [records?.[0], records?.at(-1)];
    if (!records || !newest || !oldest) return { verdict: 'unknown', coveredForMs: 0 };
    const age = compareEpochs(newest.epoch, entry.epoch);
    const covering = records.filter(
      ({ stamp, body }) =>
        age === 0 &&
        stamp > entry.position &&
        body.kind !== 'genesis' &&
        verdictOf(body) === 'covered' &&
        covers(body, entry),
    );
    const first = age > 0 ? newest.epoch : covering.at(-1);
    if (first) {
      const coveredForMs = Math.max(0, clock.now() - Math.floor(first.stamp / 1_000));
      return { verdict: 'covered', coveredForMs };
    }
    // What this process has applied, or the load had seen, need not be looked at.
    const known = Math.max(journal.position, entry.position);
    const isComplete = oldest.previous === null || oldest.previous.stamp <= known;
    return { verdict: age === 0 && isComplete ? 'valid' : 'unknown', coveredForMs: 0 };
  }
}
