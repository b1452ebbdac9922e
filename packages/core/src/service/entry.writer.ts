import type { Clock } from '../clock/clock.js';
import { isCacheError } from '../errors/cache.error.js';
import type { Fence } from '../journal/fence.js';
import type { HoldOffSnapshot } from '../journal/hold-offs.js';
import type { Coverage } from '../journal/journal-record.js';
import type { Journal, Moment, Recorded } from '../journal/journal.js';
import type { SetWatch } from '../journal/set-watches.js';
import { fencedAt, isCacheable, type EntryBuilder } from '../loading/entry.builder.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { CacheRepository } from '../repository/cache.repository.js';
import type { PreparedEntry } from '../repository/found-entry.js';
import type { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import type { ICoverHasher } from '../validity/cover.hasher.js';
import { coveragesOf, coveredKey, valueCoverage } from './cache-operations.js';
import type { BatchSetResult, SetResult } from './cache-results.js';
import { inTurns } from './in-turns.js';
import type { MissedReads } from './missed-reads.js';

/** Entries of a batch that are written at a time; more could fill the queue of invalidations. */
const MAX_SLICE = 500;

export interface EntryWriterOptions {
  readonly repository: CacheRepository;
  readonly builder: EntryBuilder;
  readonly journal: Journal;
  readonly hasher: ICoverHasher;
  readonly missed: MissedReads;
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

  /** From here on it is known what becomes of the key, until the set is recorded. */
  #begin(request: WriteRequest): BegunSet {
    const { journal, builder, hasher } = this.#options;
    const { key, value, options, start } = request;
    const coverage = valueCoverage(hasher, key, options);
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
    const coverage = valueCoverage(this.#options.hasher, request.key, request.options);
    return { request, coverage, own: null };
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
