import type { Clock } from '../clock/clock.js';
import { isCacheError } from '../errors/cache.error.js';
import { isSameEpoch, type Fence } from '../journal/fence.js';
import type { Journal, Moment } from '../journal/journal.js';
import type { CacheCounters } from '../observation/cache-counters.js';
import type { LoadSteps } from '../observation/load-steps.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import { isMoreOpen, tagsWith } from '../protection/admission.js';
import type { FoundEntry, ICacheRepository, PreparedEntry } from '../repository/found-entry.js';
import type { ReadRequest } from '../strategy/read-request.js';
import type { Subject } from '../validity/cover-hash.js';
import type { ICoverHasher } from '../validity/cover.hasher.js';
import { ActiveLoad } from './active-load.js';
import { NOT_MODIFIED } from './not-modified.js';
import { isCacheable, type EntryBuilder } from './entry.builder.js';
import type { Admission, FleetLease, HeldLease, LeaseRequest } from './fleet-lease.js';
import type { Flight, LoadedValue } from './flight.js';
import { countsAsOutage, type LoadBackOff, type LoadKind } from './load-backoff.js';
import type { NestedLoads } from './nested-loads.js';

/** Entries of values that were loaded while nothing may be stored have this fence and are never stored. */
const UNFENCED: Fence = { epoch: { stamp: 0, nonce: 0 }, position: 0 };

export interface LoadRunnerOptions {
  readonly repository: ICacheRepository;
  readonly builder: EntryBuilder;
  readonly hasher: ICoverHasher;
  readonly journal: Journal;
  readonly lease: FleetLease;
  readonly backOff: LoadBackOff;
  readonly nested: NestedLoads;
  readonly clock: Clock;
  readonly counters: CacheCounters;
  readonly steps: LoadSteps;
  /** Whether values of a template may be stored now. */
  readonly isEnabled: (template: string) => boolean;
  /** Storing failed; the value was returned all the same. */
  readonly onStoreFailed: (error: unknown) => void;
}

/** One load to be done. */
export interface LoadJob<T> {
  readonly request: ReadRequest<T>;
  /** What was found before, to be replaced. */
  readonly previous: FoundEntry | null;
  readonly kind: LoadKind;
  /** Without asking for the fleet's lease. */
  readonly isAlone: boolean;
}

/** One load from its lease to its entry in the store. */
export class LoadRunner {
  readonly #options: LoadRunnerOptions;
  /** What goes on after the caller has the value: storing it, giving the lease back. */
  readonly #afterwards = new Set<Promise<void>>();

  constructor(options: LoadRunnerOptions) {
    this.#options = options;
  }

  /** What a load that starts now has seen of the journal, or what its `since` says if that is less. */
  momentOf({ since }: ResolvedCacheOptions): Moment {
    const now = this.#options.journal.moment();
    if (!since || !now.fence) return now;
    const isLater =
      isSameEpoch(since.epoch, now.fence.epoch) && since.position >= now.fence.position;
    return isLater ? now : { fence: since, posted: 0, newestStamp: null };
  }

  /** Rejects with what the loader rejected with, and `LOAD_FAILED`. */
  async run<T>(job: LoadJob<T>, flight: Flight): Promise<LoadedValue> {
    const { backOff, hasher } = this.#options;
    const { key, options } = job.request;
    const tagHashes = staticTagHashes(hasher, options);
    const subject = hasher.subjectOf(key, tagHashes);
    const admission = job.isAlone ? null : await this.#admit(job, flight, subject, tagHashes);
    if (admission?.kind === 'found') {
      if (job.kind === 'foreground') this.#options.counters.waited++;
      return foundElsewhere(admission.entry);
    }
    if (admission?.kind === 'taken' && job.kind === 'refresh') return { kind: 'taken' };
    const lease = admission?.kind === 'mine' ? admission.held : null;
    // When nobody waits any more, others need not wait for what nobody gets.
    flight.signal.addEventListener('abort', () => this.#track(lease?.end()), { once: true });
    try {
      flight.signal.throwIfAborted();
      const loaded = await this.#load(job, flight, lease);
      backOff.succeeded(key);
      return loaded;
    } catch (error) {
      // What somebody is refused is nobody else's.
      const isNews = !flight.signal.aborted && flight.madeOf === null && countsAsOutage(error);
      if (isNews) backOff.failed(key, error, subject, flight.start.fence);
      this.#track(isNews ? lease?.fail(codeOf(error)) : lease?.end());
      throw error;
    }
  }

  /** The load was given up: the source is too slow. */
  gaveUp({ key, options }: ReadRequest<unknown>, flight: Flight, error: Error): void {
    const { backOff, hasher } = this.#options;
    const subject = hasher.subjectOf(key, staticTagHashes(hasher, options));
    backOff.failed(key, error, subject, flight.start.fence);
    flight.abandon(error);
  }

  /** Resolves when everything loaded so far is stored, or has failed to be. */
  async settled(): Promise<void> {
    await Promise.all(this.#afterwards);
  }

  /** Asks for the key's lease; `null` where none would help. */
  async #admit<T>(
    { request: { key, options }, previous, kind }: LoadJob<T>,
    flight: Flight,
    subject: Subject,
    tagHashes: Uint32Array,
  ): Promise<Admission | null> {
    const { journal, lease, repository, clock, nested, steps } = this.#options;
    const { fence } = flight.start;
    if (!fence || options.since || nested.holdsLeaseOf(key)) return null;
    if (journal.holdOffs().covers(subject)) return null;
    const request: LeaseRequest = {
      key,
      fence,
      tagHashes,
      find: async () => {
        if (options.forceRefresh) return null;
        const found = (await repository.find(key, options, { isLatest: true }))?.entry;
        const isFresh = found && !found.isSoftened && found.staleAt > clock.now();
        return isFresh && !isSame(found, previous?.entry) ? found : null;
      },
      waits: kind === 'foreground' && !options.forceRefresh,
      sharesFailure: true,
      isNested: nested.current.length > 0,
      signal: flight.signal,
    };
    return steps.run(
      'lease',
      options,
      () => lease.enter(request),
      ({ kind: how }) => how,
    );
  }

  async #load<T>(
    { request: { key, load, options }, previous, kind }: LoadJob<T>,
    flight: Flight,
    lease: HeldLease | null,
  ): Promise<LoadedValue> {
    const { journal, clock, builder, nested, repository, isEnabled, counters, steps } =
      this.#options;
    const replaced = previous && repository.isTrusted(previous.entry) ? previous : null; // to nobody else either
    // The moment, the hold-offs and the call stand in one synchronous step: nothing can come between.
    flight.start = this.momentOf(options);
    const { fence } = flight.start;
    const holdOffs = journal.holdOffs();
    const isUpdated = nested.isUpdating(key); // what an update reads of its own key is the update's to store
    const startedAt = clock.now();
    const context = new ActiveLoad(options, flight.signal, fence, replaced, flight);
    counters[kind === 'refresh' ? 'refreshes' : 'loads']++;
    const call = (): Promise<unknown> => nested.run<unknown>([flight], () => load(context));
    const answer = await steps.run('load', options, call, () => 'loaded');
    const value = answer === NOT_MODIFIED ? replaced?.entry.value : answer;
    if (isMoreOpen(options, flight.madeOf)) {
      const of = options.admission ? `${flight.madeOf} data` : 'protected data';
      builder.report(
        options.template,
        `was made of ${of}, and was returned but not cached: say that it is that, too`,
      );
      this.#track(lease?.end());
      return { kind: 'bare', value };
    }
    try {
      const entry = builder.build(key, value, options, {
        fence: fence ?? UNFENCED,
        startedAt,
        terms: context.terms,
        previous: replaced?.entry ?? null,
      });
      const held = repository.hold(entry, options);
      const isStorable =
        fence !== null &&
        !flight.isSuperseded &&
        !isUpdated &&
        !context.isSkipped &&
        isEnabled(options.template) &&
        isCacheable(value, options, context.terms) &&
        !holdOffs.covers(entry.subject);
      this.#track(isStorable ? this.#store(entry, held, options, lease) : lease?.end());
      const isUnchanged = replaced?.entry.payloadHash === entry.payload.payloadHash;
      return { kind: 'entry', held, isStorable, isOwn: true, isUnchanged };
    } catch (error) {
      const reason = isCacheError(error) ? error.message : 'its tags function threw an error';
      builder.report(options.template, `was returned but not cached: ${reason}`);
      this.#track(lease?.end());
      return { kind: 'bare', value };
    }
  }

  /** The lease is kept until the value is there for those who wait for it. */
  async #store(
    entry: PreparedEntry,
    held: FoundEntry['entry'],
    options: ResolvedCacheOptions,
    lease: HeldLease | null,
  ): Promise<void> {
    const { repository, steps, onStoreFailed } = this.#options;
    await steps
      .run(
        'write',
        options,
        () => repository.store(entry, held, lease?.ending),
        (isStored) => (isStored ? 'stored' : 'refused'),
      )
      .catch(onStoreFailed);
    await lease?.end();
  }

  #track(work: Promise<void> | undefined): void {
    if (!work) return;
    const tracked = work
      .catch(this.#options.onStoreFailed)
      .finally(() => this.#afterwards.delete(tracked));
    this.#afterwards.add(tracked);
  }
}

/** An entry that is refreshed early is still fresh: it is not what is waited for. */
function isSame(a: FoundEntry['entry'], b: FoundEntry['entry'] | undefined): boolean {
  return a.createdAt === b?.createdAt && a.fence.position === b.fence.position;
}

function foundElsewhere(held: FoundEntry['entry']): LoadedValue {
  return { kind: 'entry', held, isStorable: true, isOwn: false, isUnchanged: false };
}

/** Of the tags that are known before the value is. */
function staticTagHashes(
  hasher: ICoverHasher,
  { tags, admission }: ResolvedCacheOptions,
): Uint32Array {
  const known = typeof tags === 'function' ? [] : tags;
  return hasher.entryHashes('tag', tagsWith(admission, known));
}

/** A word for other processes: never a message, which may hold values. */
function codeOf(error: unknown): string {
  try {
    const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
    const word = typeof code === 'string' ? code : typeof name === 'string' ? name : '';
    return /^[A-Za-z_]\w{0,63}$/.test(word) ? word : 'Error';
  } catch {
    return 'Error'; // something that can't be looked at
  }
}
