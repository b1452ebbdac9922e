import { within, type Clock } from '../clock/clock.js';
import { CacheError } from '../errors/cache.error.js';
import type { Coverage } from '../journal/journal-record.js';
import type { Journal, Recorded } from '../journal/journal.js';
import { fencedAt, isCacheable, type EntryBuilder } from '../loading/entry.builder.js';
import type { FleetLease } from '../loading/fleet-lease.js';
import type { NestedLoads } from '../loading/nested-loads.js';
import { deserialized, plainOf } from '../loading/serialized-value.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import { isMoreOpen } from '../protection/admission.js';
import type { CacheRepository } from '../repository/cache.repository.js';
import type { ICoverHasher } from '../validity/cover.hasher.js';
import { valueCoverage } from './cache-operations.js';
import type { UpdateResult } from './cache-results.js';

/** How long an update waits for the one before it in this process. */
const MAX_TURN_MS = 5_000;
/** How often an update starts again when something came between its reading and its writing. */
const MAX_ATTEMPTS = 5;

/** An update's own record covers its key: no record takes its lease away. */
const UNCOVERED = { position: Number.MAX_SAFE_INTEGER, tagHashes: new Uint32Array(0) };

/** The new value of an update; `undefined`: things stay as they are. */
export type Change<T> = (
  previous: T | null,
) => T | null | undefined | PromiseLike<T | null | undefined>;

export interface EntryUpdaterOptions {
  readonly repository: CacheRepository;
  readonly builder: EntryBuilder;
  readonly journal: Journal;
  readonly hasher: ICoverHasher;
  readonly lease: FleetLease;
  readonly nested: NestedLoads;
  readonly clock: Clock;
}

/** Makes new values of those that are stored, one update of a key after the other. */
export class EntryUpdater {
  readonly #options: EntryUpdaterOptions;
  /** Those of this process, the last of each key. */
  readonly #updates = new Map<string, Promise<unknown>>();

  constructor(options: EntryUpdaterOptions) {
    this.#options = options;
  }

  /**
   * Reads, changes and writes as one step: what was written in between by others makes it start again, a few times.
   * @throws CacheError `STORE_UNAVAILABLE`, `STORE_TIMEOUT`, `LOAD_REENTRANT`, and what `change` throws
   */
  async update<T>(
    key: string,
    change: Change<T>,
    options: ResolvedCacheOptions,
  ): Promise<UpdateResult<T>> {
    const { clock, nested } = this.#options;
    const before = this.#updates.get(key) ?? Promise.resolve();
    // One that never ends is left behind: what it read is compared with when it writes after all.
    const turn = within(clock, MAX_TURN_MS, before, () => undefined);
    const own = nested.runUpdate(key, () =>
      turn.then(() => this.#leased(key, () => this.#update(key, change, options))),
    );
    const settled = own.catch(() => undefined); // its caller gets the failure; the next one goes on
    this.#updates.set(key, settled);
    try {
      return await own;
    } finally {
      if (this.#updates.get(key) === settled) this.#updates.delete(key);
    }
  }

  async #update<T>(
    key: string,
    change: Change<T>,
    options: ResolvedCacheOptions,
  ): Promise<UpdateResult<T>> {
    const { journal, repository, builder, hasher, clock, nested } = this.#options;
    const coverage = valueCoverage(hasher, key, options);
    if (options.ttlMs === 0) return this.#changeUncached(coverage, change);
    let recorded: Recorded = { stamp: 0, recorded: false, queued: false };
    let value: T | null = null;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const fence = journal.fence();
      const holdOffs = journal.holdOffs();
      if (!fence) {
        throw new CacheError('STORE_UNAVAILABLE', 'update: the store has not been reached yet.');
      }
      const { bytes, entry: current } = await repository.readStored(key, options);
      const isCurrent = current !== null && current.expiresAt > clock.now();
      const previous = isCurrent ? deserialized<T>(current.value, options.serializer) : null;
      const changed = await change(previous);
      if (changed === undefined) return { ...recorded, stored: false, value: null };
      value = changed;
      const stored = plainOf(changed, options.serializer);
      // What is made of protected data must be no more open than that.
      const isOpen = isMoreOpen(options, nested.updatedFrom(key));
      if (isOpen || !isCacheable(stored, options, options)) {
        return { ...(await journal.invalidate([coverage])), stored: false, value };
      }
      const entry = builder.build(key, stored, options, { fence, startedAt: clock.now() });
      const result = await journal.recordSet(entry.subject, fence, coverage);
      recorded = { stamp: result.stamp, recorded: result.recorded, queued: result.queued };
      if (!result.recorded || holdOffs.covers(entry.subject)) break;
      if (!result.fence || result.isSoft) continue;
      const fenced = fencedAt(entry, result.fence);
      const isStored = await repository.replace(fenced, repository.hold(fenced, options), bytes);
      if (isStored) return { ...recorded, stored: true, value };
    }
    return { ...recorded, stored: false, value };
  }

  /** A cache that is off, or is not to cache this, has no value; it still says that there is a new one. */
  async #changeUncached<T>(coverage: Coverage, change: Change<T>): Promise<UpdateResult<T>> {
    const value = await change(null);
    if (value === undefined) {
      return { stamp: 0, recorded: false, queued: false, stored: false, value: null };
    }
    const recorded = await this.#options.journal.invalidate([coverage]);
    return { ...recorded, stored: false, value };
  }

  /** Other processes that update the key wait, within the lease's bounds. */
  async #leased<T>(key: string, work: () => Promise<T>): Promise<T> {
    const { journal, lease, nested } = this.#options;
    const fence = journal.fence();
    if (!fence || nested.isLoading(key)) return work(); // the load that this runs in holds it
    const admission = await lease.enter({
      key,
      fence: { epoch: fence.epoch, position: UNCOVERED.position },
      tagHashes: UNCOVERED.tagHashes,
      find: () => Promise.resolve(null),
      waits: true,
      sharesFailure: false,
      isNested: true,
      signal: new AbortController().signal,
    });
    try {
      return await work();
    } finally {
      if (admission.kind === 'mine') await admission.held.end();
    }
  }
}
