import { within, type Clock } from '../clock/clock.js';
import { CacheError, isCacheError } from '../errors/cache.error.js';
import type { Fence } from '../journal/fence.js';
import type { HoldOffSnapshot } from '../journal/hold-offs.js';
import type { Coverage } from '../journal/journal-record.js';
import type { Journal, Moment, Recorded } from '../journal/journal.js';
import type { SetWatch } from '../journal/set-watches.js';
import { isCacheable, type EntryBuilder } from '../loading/entry.builder.js';
import type { FleetLease } from '../loading/fleet-lease.js';
import type { NestedLoads } from '../loading/nested-loads.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import { isMoreOpen } from '../protection/admission.js';
import type { CacheRepository } from '../repository/cache.repository.js';
import type { PreparedEntry } from '../repository/found-entry.js';
import type { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import { baseKeyOf } from '../validity/cover-hash.js';
import type { ICoverHasher } from '../validity/cover.hasher.js';
import { coveragesOf, keyCoverage } from './cache-operations.js';
import type { BatchSetResult, SetResult, UpdateResult } from './cache-results.js';
import { inTurns } from './in-turns.js';
import type { MissedReads } from './missed-reads.js';
import { deserialized, plainOf } from '../loading/serialized-value.js';

/** How long an update waits for the one before it in this process. */
const MAX_TURN_MS = 5_000;
/** Entries of a batch that are written at a time; more could fill the queue of invalidations. */
const MAX_SLICE = 500;
/** How often an update starts again when something came between its reading and its writing. */
const MAX_ATTEMPTS = 5;

/** An update's own record covers its key: no record takes its lease away. */
const UNCOVERED = { position: Number.MAX_SAFE_INTEGER, tagHashes: new Uint32Array(0) };

export interface EntryWriterOptions {
  readonly repository: CacheRepository;
  readonly builder: EntryBuilder;
  readonly journal: Journal;
  readonly hasher: ICoverHasher;
  readonly lease: FleetLease;
  readonly missed: MissedReads;
  readonly nested: NestedLoads;
  readonly errors: CacheErrorHandler;
  readonly clock: Clock;
  /** Invalidations that may wait for the store. */
  readonly maxQueued: number;
  /** A batch of which a part took longer, and was not stored whole, is not gone on with. */
  readonly budgetMs: number;
}

/** One entry to be written. */
export interface WriteRequest {
  readonly key: string;
  readonly value: unknown;
  readonly options: ResolvedCacheOptions;
  readonly start: WriteStart;
}

/** The new value of an update; `undefined`: things stay as they are. */
export type Change<T> = (
  previous: T | null,
) => T | null | undefined | PromiseLike<T | null | undefined>;

/** What was known when a write was asked for. */
export interface WriteStart {
  /** From before the value was looked up, if the caller says so. */
  readonly since: Fence | null;
  /** When it was looked up, or asked to be written. */
  readonly moment: Moment;
  /** What the value's source may have lagged behind; `null` if that is not known. */
  readonly holdOffs: HoldOffSnapshot | null;
}

interface OwnWatch {
  readonly watch: SetWatch;
  readonly tagHashes: Uint32Array;
}

/** A set before it is recorded. */
interface BegunSet {
  readonly request: WriteRequest;
  readonly coverage: Coverage;
  /** `null`: there is nothing to store. */
  readonly own: OwnWatch | null;
}

/** Writes values that the application brings: each makes what was there before invalid, everywhere, by a record. */
export class EntryWriter {
  readonly #options: EntryWriterOptions;
  /** Updates of one key in this process go one after the other. */
  readonly #updates = new Map<string, Promise<unknown>>();

  constructor(options: EntryWriterOptions) {
    this.#options = options;
  }

  /** To be asked for before anything is awaited: what becomes invalid from then on, the value may not have seen. */
  moment(): Moment {
    return this.#options.journal.moment();
  }

  /** @param moment when the write was asked for */
  start(key: string, { since }: ResolvedCacheOptions, moment: Moment): WriteStart {
    const look = this.#options.missed.take(key);
    // What a look knew counts also if it was nothing: what is known since may not have been seen.
    return { since, moment: look?.moment ?? moment, holdOffs: look?.holdOffs ?? null };
  }

  /** @throws CacheError `VALUE_INVALID`, `TAG_INVALID`, and what a tags function throws; nothing is recorded then */
  async set(request: WriteRequest): Promise<SetResult> {
    return this.#record(this.#begin(request));
  }

  /**
   * Each entry for itself; of two with one key the later one. Values that can't be stored are counted as failed, and so is
   * what is left when the store takes too long.
   */
  async setMany(requests: readonly WriteRequest[]): Promise<BatchSetResult> {
    const { clock, budgetMs, maxQueued } = this.#options;
    const latest = [...new Map(requests.map((request) => [request.key, request])).values()];
    const begun: BegunSet[] = [];
    // All before the first record: what the batch itself records must not count against its values.
    await inTurns(latest, (request) => begun.push(this.#beginOrInvalidate(request)));
    const results: SetResult[] = [];
    while (begun.length > 0) {
      const startedAt = clock.now();
      const slice = begun.splice(0, Math.min(MAX_SLICE, maxQueued));
      const ended = await Promise.all(slice.map((one) => this.#recordOrInvalidate(one)));
      results.push(...ended);
      const isLate = clock.now() - startedAt >= budgetMs && ended.some(({ stored }) => !stored);
      if (!isLate || begun.length === 0) continue;
      results.push({ ...(await this.#invalidateAll(begun.splice(0))), stored: false });
    }
    return {
      stamp: Math.max(0, ...results.map(({ stamp }) => stamp)),
      recorded: results.every(({ recorded }) => recorded),
      queued: results.some(({ queued }) => queued),
      failed: latest.length - results.filter(({ stored }) => stored).length,
    };
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

  /** From here on it is known what becomes of the key, until the set is recorded. */
  #begin(request: WriteRequest): BegunSet {
    const { journal, builder, hasher } = this.#options;
    const { key, value, options, start } = request;
    const coverage = this.#coverageOf(key, options);
    const fence = start.since ?? journal.fenceOf(start.moment);
    if (!fence || !journal.fence() || !isCacheable(value, options, options)) {
      return { request, coverage, own: null };
    }
    const tagHashes = builder.tagHashesOf(value, options);
    const watch = journal.watchSet(hasher.subjectOf(key, tagHashes), fence);
    return { request, coverage, own: { watch, tagHashes } };
  }

  async #record({ request, coverage, own }: BegunSet): Promise<SetResult> {
    const { journal } = this.#options;
    if (!own) return { ...(await journal.invalidate([coverage])), stored: false };
    const entry = this.#built(request, own);
    const { fence, isSoft, ...recorded } = await journal.recordWatched(own.watch, coverage);
    // What was read while a replica may still lag is recorded as changed, but not kept.
    const isHeldOff = request.start.holdOffs?.covers(entry.subject) ?? false;
    if (!fence || isSoft || isHeldOff) return { ...recorded, stored: false };
    return { ...recorded, stored: await this.#store(entry, fence, request.options) };
  }

  #built({ key, value, options }: WriteRequest, { watch, tagHashes }: OwnWatch): PreparedEntry {
    const { builder, clock, journal } = this.#options;
    try {
      const origin = { fence: watch.fence, startedAt: clock.now(), tagHashes };
      return builder.build(key, value, options, origin);
    } catch (error) {
      journal.unwatch(watch);
      throw error;
    }
  }

  #beginOrInvalidate(request: WriteRequest): BegunSet {
    try {
      if (request.value !== undefined) return this.#begin(request);
    } catch (error) {
      this.#options.errors.note('value-refused', error);
    }
    return { request, coverage: this.#coverageOf(request.key, request.options), own: null };
  }

  async #recordOrInvalidate(begun: BegunSet): Promise<SetResult> {
    try {
      return await this.#record(begun);
    } catch (error) {
      if (isCacheError(error, 'CLOSED')) throw error;
      this.#options.errors.note('value-refused', error);
      return this.#record({ ...begun, own: null });
    }
  }

  async #invalidateAll(begun: readonly BegunSet[]): Promise<Recorded> {
    const { journal, hasher } = this.#options;
    for (const { own } of begun) if (own) journal.unwatch(own.watch);
    const keys = begun.map(({ request: { key, options } }) => coveredKey(key, options));
    return journal.invalidate(coveragesOf(hasher, 'key', keys));
  }

  async #update<T>(
    key: string,
    change: Change<T>,
    options: ResolvedCacheOptions,
  ): Promise<UpdateResult<T>> {
    const { journal, repository, builder, clock, nested } = this.#options;
    const coverage = this.#coverageOf(key, options);
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

  #coverageOf(key: string, options: ResolvedCacheOptions): Coverage {
    return keyCoverage(this.#options.hasher, coveredKey(key, options));
  }

  #store(entry: PreparedEntry, fence: Fence, options: ResolvedCacheOptions): Promise<boolean> {
    const { repository, errors } = this.#options;
    const fenced = fencedAt(entry, fence);
    return errors.guard(
      'store-write-failed',
      () => repository.store(fenced, repository.holdToKeep(fenced, options)),
      () => {
        repository.drop(entry.key); // what is not stored for others is not served here either
        return false;
      },
    );
  }
}

/** What a new value makes invalid; of protected data the key for whomever it is kept, for its value is everybody's. */
function coveredKey(key: string, { admission }: ResolvedCacheOptions): string {
  return admission ? baseKeyOf(key) : key;
}

function fencedAt(entry: PreparedEntry, fence: Fence): PreparedEntry {
  return { ...entry, meta: { ...entry.meta, fence } };
}
