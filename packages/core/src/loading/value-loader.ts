import { within, type Clock } from '../clock/clock.js';
import { CacheError, CacheLoadTimeoutError } from '../errors/cache.error.js';
import type { Journal, Moment } from '../journal/journal.js';
import type { CacheCounters } from '../observation/cache-counters.js';
import type { LoadSteps } from '../observation/load-steps.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { FoundEntry } from '../repository/found-entry.js';
import type { ReadRequest, RefreshOutcome } from '../strategy/read-request.js';
import { ActiveLoad } from './active-load.js';
import { Flight, type LoadedValue } from './flight.js';
import { countsAsOutage, LoadBackOff, type LoadKind } from './load-backoff.js';
import { LoadRunner, type LoadJob, type LoadRunnerOptions } from './load.runner.js';
import type { NestedLoads } from './nested-loads.js';

/** A load that has not ended by then holds up nobody who comes later. */
const MAX_JOINED_AGE_MS = 60_000;

export type ValueLoaderOptions = Omit<LoadRunnerOptions, 'backOff'>;

/** What a caller got: an entry, or a bare value. */
export type Delivery = Exclude<LoadedValue, { kind: 'taken' }> & {
  /** Whether another caller's load was joined. */
  readonly isJoined: boolean;
};

/** Until when a caller waits. */
interface Deadline {
  readonly atMs: number;
  /** As the caller wrote it; 0: without limit. */
  readonly timeoutMs: number;
}

/**
 * Calls loaders: once for all callers of a key that ask at the same time, in this process by joining and in the fleet
 * by a lease, with the fence taken before. Whoever joins a load that began before an invalidation which it came after
 * does not get its value.
 */
export class ValueLoader {
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #runner: LoadRunner;
  readonly #backOff: LoadBackOff;
  readonly #nested: NestedLoads;
  readonly #counters: CacheCounters;
  readonly #steps: LoadSteps;
  /** The load of each key that newcomers join. */
  readonly #flights = new Map<string, Flight>();
  /** Loads that are nobody else's. */
  readonly #alone = new Set<AbortController>();
  /** Everything under way, also what nobody joins any more. */
  readonly #running = new Set<Flight>();

  constructor(options: ValueLoaderOptions) {
    this.#clock = options.clock;
    this.#journal = options.journal;
    this.#backOff = new LoadBackOff(options.clock, options.journal);
    this.#nested = options.nested;
    this.#counters = options.counters;
    this.#steps = options.steps;
    this.#runner = new LoadRunner({ ...options, backOff: this.#backOff });
  }

  isLoading(key: string): boolean {
    return this.#flights.has(key);
  }

  /** Whether loads of the key failed lately, so that it should not be refreshed now. */
  isBackingOff(key: string, kind: LoadKind): boolean {
    return this.#backOff.refusal(key, kind) !== null;
  }

  /**
   * Loads for a caller who waits; rejects with what the loader rejected with.
   * @throws CacheLoadTimeoutError, CacheError `LOAD_REENTRANT`, `LOAD_FAILED`
   */
  async load<T>(request: ReadRequest<T>, previous: FoundEntry | null): Promise<Delivery> {
    const { key, options, isAlone = false } = request;
    const current = this.#flights.get(key);
    if (current && this.#nested.isCircular(current)) {
      return this.#nested.runAgain(current, () => this.loadAlone(request));
    }
    const refusal = options.forceRefresh ? null : this.#backOff.refusal(key, 'foreground');
    if (refusal) throw refusal.error;
    const deadline = this.#deadlineOf(options);
    const arrival = this.#journal.moment();
    for (let attempt = 0; ; attempt++) {
      // Two loads at most: what comes third is loaded here and now.
      const joined = options.forceRefresh || attempt > 1 ? null : this.#joinable(key);
      const job: LoadJob<T> = {
        request,
        previous,
        kind: 'foreground',
        isAlone: isAlone || attempt > 0,
      };
      const flight = joined ?? this.#begin(job);
      const loaded = await this.#awaitOwn(flight, request, deadline, joined !== null);
      if (loaded.kind === 'taken') continue;
      if (!joined && (loaded.kind === 'bare' || loaded.isOwn)) {
        return { ...loaded, isJoined: false };
      }
      // A bare value belongs to the one who loaded it: it may be a stream, or changed by its owner.
      if (loaded.kind === 'bare') return this.loadAlone(request);
      if (this.#isDeliverable(flight, arrival, loaded)) {
        if (joined) this.#counters.joined++;
        return { ...loaded, isJoined: joined !== null };
      }
    }
  }

  /** Loads for this caller alone, who gets the value as it is; nothing is stored. */
  async loadAlone<T>({ load, options }: ReadRequest<T>): Promise<Delivery & { kind: 'bare' }> {
    const { hardTimeoutMs } = options;
    const abort = new AbortController();
    this.#alone.add(abort);
    const loading = (async () => load(new ActiveLoad(options, abort.signal, null)))();
    const value = hardTimeoutMs === 0 ? loading : this.#inTime(loading, hardTimeoutMs, abort);
    try {
      return { kind: 'bare', value: await value, isJoined: false };
    } finally {
      this.#alone.delete(abort);
    }
  }

  /** Loads for later readers, unless somebody does already. Rejects with what the loader rejected with. */
  refresh<T>(request: ReadRequest<T>, previous: FoundEntry): Promise<RefreshOutcome> {
    const refreshed = (): Promise<RefreshOutcome> => this.#refresh(request, previous);
    return this.#steps.run('refresh', request.options, refreshed, (outcome) => outcome);
  }

  async #refresh<T>(request: ReadRequest<T>, previous: FoundEntry): Promise<RefreshOutcome> {
    if (this.#flights.has(request.key)) return 'elsewhere';
    const job: LoadJob<T> = {
      request,
      previous,
      kind: 'refresh',
      isAlone: request.isAlone ?? false,
    };
    const flight = this.#begin(job);
    const loaded = await this.#await(flight, request, this.#deadlineOf(request.options));
    if (loaded.kind === 'bare') return 'changed';
    if (loaded.kind === 'taken' || !loaded.isOwn) return 'elsewhere';
    return loaded.isUnchanged ? 'unchanged' : 'changed';
  }

  /** Resolves when every load under way has ended and everything loaded so far is stored, or has failed to be. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#running].map(({ loaded }) => loaded));
    await this.#runner.settled();
  }

  /** Ends: tells the loads that are still running that nobody waits any more, and waits for none of them either. */
  close(): void {
    const reason = new CacheError('CLOSED', 'The cache was closed while this was loading.');
    for (const flight of this.#running) flight.end(reason);
    this.#running.clear();
    for (const abort of this.#alone) abort.abort(reason);
  }

  /** Whether what the flight gave has seen all that the caller could know when it asked. */
  #isDeliverable(
    flight: Flight,
    arrival: Moment,
    { held, isOwn }: Extract<LoadedValue, { kind: 'entry' }>,
  ): boolean {
    return (
      (isOwn && this.#journal.hasSeen(flight.start, arrival)) ||
      !this.#journal.isCovered(held.subject, held.fence)
    );
  }

  /** The load that newcomers join; one that may never end is left to those who wait for it. */
  #joinable(key: string): Flight | null {
    const flight = this.#flights.get(key);
    if (!flight || flight.signal.aborted) return null;
    return this.#clock.now() - flight.beganAt < MAX_JOINED_AGE_MS ? flight : null;
  }

  /**
   * What others may see of protected data, or are refused, is nothing to a caller who joined them; a source that is in
   * trouble is, where whoever may see the one may see the other.
   */
  async #awaitOwn(
    flight: Flight,
    request: ReadRequest<unknown>,
    deadline: Deadline,
    isJoined: boolean,
  ): Promise<LoadedValue> {
    try {
      return await this.#await(flight, request, deadline);
    } catch (error) {
      const isOthers = isJoined && flight.isOver && flight.madeOf !== null;
      if (!isOthers || (request.options.admission && countsAsOutage(error))) throw error;
      return { kind: 'bare', value: undefined };
    }
  }

  /** Waits with the caller's patience; a flight that nobody waits for any more is told so. */
  async #await(
    flight: Flight,
    request: ReadRequest<unknown>,
    { atMs, timeoutMs }: Deadline,
  ): Promise<LoadedValue> {
    const outer = this.#nested.current;
    for (const one of outer) one.waitFor(flight);
    flight.waiters++;
    try {
      if (timeoutMs === 0) return await flight.given;
      const leftMs = Math.max(0, atMs - this.#clock.now());
      return await within(this.#clock, leftMs, flight.given, () => {
        throw new CacheLoadTimeoutError(timeoutMs);
      });
    } finally {
      for (const one of outer) one.hasWaitedFor(flight);
      if (--flight.waiters === 0 && !flight.isOver) {
        this.#runner.gaveUp(request, flight, new CacheLoadTimeoutError(timeoutMs));
      }
    }
  }

  #begin<T>(job: LoadJob<T>): Flight {
    const { key, options } = job.request;
    const replaced = this.#flights.get(key);
    if (replaced) replaced.isSuperseded = true;
    const flight = new Flight(key, this.#clock.now(), this.#runner.momentOf(options));
    this.#flights.set(key, flight);
    this.#running.add(flight);
    flight.loaded = Promise.resolve().then(() => this.#runner.run(job, flight));
    const end = (): void => {
      flight.isOver = true;
      this.#running.delete(flight);
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    flight.loaded.then(end, end);
    return flight;
  }

  #inTime<T>(loading: Promise<T>, timeoutMs: number, abort: AbortController): Promise<T> {
    return within(this.#clock, timeoutMs, loading, () => {
      const error = new CacheLoadTimeoutError(timeoutMs);
      abort.abort(error);
      throw error;
    });
  }

  #deadlineOf({ hardTimeoutMs }: ResolvedCacheOptions): Deadline {
    return { atMs: this.#clock.now() + hardTimeoutMs, timeoutMs: hardTimeoutMs };
  }
}
