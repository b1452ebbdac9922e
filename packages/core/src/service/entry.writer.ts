import { within, type Clock } from '../clock/clock.js';
import { CacheError, isCacheError } from '../errors/cache.error.js';
import type { Fence } from '../journal/fence.js';
import type { HoldOffSnapshot } from '../journal/hold-offs.js';
import type { Coverage } from '../journal/journal-record.js';
import type { Journal, Moment, Recorded } from '../journal/journal.js';
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
import { keyCoverage } from './cache-operations.js';
import type { BatchSetResult, SetResult, UpdateResult } from './cache-results.js';
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

/** Writes values that the application brings: each makes what was there before invalid, everywhere, by a record. */
export class EntryWriter {
  readonly #options: EntryWriterOptions;
  /** Updates of one key in this process go one after the other. */
  readonly #updates = new Map<string, Promise<unknown>>();

  constructor(options: EntryWriterOptions) {
    this.#options = options;
  }

  /** To be called before anything is awaited: what becomes invalid from then on, the value may not have seen. */
  start(key: string, { since }: ResolvedCacheOptions): WriteStart {
    const { journal, missed } = this.#options;
    const look = missed.take(key);
    // What a look knew counts also if it was nothing: what is known since may not have been seen.
    return { since, moment: look?.moment ?? journal.moment(), holdOffs: look?.holdOffs ?? null };
  }

  /** @throws CacheError `VALUE_INVALID`, `TAG_INVALID`, and what a tags function throws; nothing is recorded then */
  async set({ key, value, options, start }: WriteRequest): Promise<SetResult> {
    const { journal, builder, clock } = this.#options;
    const fence = start.since ?? journal.fenceOf(start.moment);
    const coverage = this.#coverageOf(key, options);
    if (!fence || !journal.fence() || !isCacheable(value, options, options)) {
      return { ...(await journal.invalidate([coverage])), stored: false };
    }
    const entry = builder.build(key, value, options, { fence, startedAt: clock.now() });
    const {
      fence: ownFence,
      isSoft,
      ...recorded
    } = await journal.recordSet(entry.subject, fence, coverage);
    // What was read while a replica may still lag is recorded as changed, but not kept.
    const isHeldOff = start.holdOffs?.covers(entry.subject) ?? false;
    if (!ownFence || isSoft || isHeldOff) return { ...recorded, stored: false };
    return { ...recorded, stored: await this.#store(entry, ownFence, options) };
  }

  /** Each entry for itself; of two with one key the later one. Values that can't be stored are counted as failed. */
  async setMany(requests: readonly WriteRequest[]): Promise<BatchSetResult> {
    const latest = [...new Map(requests.map((request) => [request.key, request])).values()];
    const sliceLength = Math.min(MAX_SLICE, this.#options.maxQueued);
    const results: SetResult[] = [];
    for (let from = 0; from < latest.length; from += sliceLength) {
      const slice = latest.slice(from, from + sliceLength);
      results.push(...(await Promise.all(slice.map((one) => this.#setOrInvalidate(one)))));
    }
    return {
      stamp: Math.max(0, ...results.map(({ stamp }) => stamp)),
      recorded: results.every(({ recorded }) => recorded),
      queued: results.some(({ queued }) => queued),
      failed: results.filter(({ stored }) => !stored).length,
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

  async #setOrInvalidate(request: WriteRequest): Promise<SetResult> {
    const { journal, errors } = this.#options;
    try {
      if (request.value !== undefined) return await this.set(request);
    } catch (error) {
      if (isCacheError(error, 'CLOSED')) throw error;
      errors.note('value-refused', error);
    }
    return {
      ...(await journal.invalidate([this.#coverageOf(request.key, request.options)])),
      stored: false,
    };
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

  /** What a new value makes invalid; of protected data the key for whomever it is kept, for its value is everybody's. */
  #coverageOf(key: string, { admission }: ResolvedCacheOptions): Coverage {
    return keyCoverage(this.#options.hasher, admission ? baseKeyOf(key) : key);
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

function fencedAt(entry: PreparedEntry, fence: Fence): PreparedEntry {
  return { ...entry, meta: { ...entry.meta, fence } };
}
