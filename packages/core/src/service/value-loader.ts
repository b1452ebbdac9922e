import { AsyncLocalStorage } from 'node:async_hooks';

import type { Clock } from '../clock/clock.js';
import type { EntryMeta } from '../entry/entry.js';
import type { HeldEntry } from '../entry/l1.cache.js';
import { isCacheError } from '../errors/cache.error.js';
import type { Journal, Moment } from '../journal/journal.js';
import type { Fence } from '../journal/fence.js';
import { assertTags } from '../key/key-rules.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { ICacheRepository, PreparedEntry } from '../repository/cache.repository.js';
import type { ReadRequest } from '../strategy/read-request.js';
import { coverHashes } from '../validity/cover-hash.js';

/** What a load gave. */
export interface LoadedValue {
  readonly value: unknown;
  /** The entry made of it; `null` when it can't or may not be cached. */
  readonly entry: PreparedEntry | null;
}

export interface ValueLoaderOptions {
  readonly repository: ICacheRepository;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: () => number;
  readonly schemaVersion: number;
  /** A value was returned but can't be cached. Called once a template. */
  readonly onUncacheable: (template: string, reason: string) => void;
  /** Storing failed; the value was returned all the same. */
  readonly onStoreFailed: (error: unknown) => void;
}

/** A load under way, and what it has seen of the journal. */
interface Flight {
  readonly start: Moment;
  /** A later load of the same key has begun: what this one gives is too old to be stored. */
  isSuperseded: boolean;
  loaded: Promise<LoadedValue>;
}

/**
 * Calls loaders: once for all callers of a key that ask at the same time, with the fence taken before. Whoever joins a
 * load that began before an invalidation which it came after does not get its value.
 */
export class ValueLoader {
  readonly #options: ValueLoaderOptions;
  readonly #flights = new Map<string, Flight>();
  readonly #writes = new Set<Promise<void>>();
  readonly #reported = new Set<string>();
  /** Keys whose loaders the present async context runs in. */
  readonly #inside = new AsyncLocalStorage<ReadonlySet<string>>();

  constructor(options: ValueLoaderOptions) {
    this.#options = options;
  }

  isLoading(key: string): boolean {
    return this.#flights.has(key);
  }

  /** Resolves with whether another caller's load was joined, beside what was loaded. */
  async load<T>(request: ReadRequest<T>): Promise<LoadedValue & { readonly isJoined: boolean }> {
    if (request.options.forceRefresh) return { ...(await this.#begin(request)), isJoined: false };
    const arrival = this.#options.journal.moment();
    const flight = this.#flights.get(request.key);
    if (!flight || this.#isInside(request.key))
      return { ...(await this.#begin(request)), isJoined: false };
    const loaded = await flight.loaded;
    if (this.#isDeliverable(flight, arrival, loaded)) return { ...loaded, isJoined: true };
    const next = this.#flights.get(request.key);
    if (next && this.#options.journal.hasSeen(next.start, arrival)) {
      return { ...(await next.loaded), isJoined: true };
    }
    return { ...(await this.#begin(request)), isJoined: false };
  }

  /** Resolves when every load under way has ended and everything loaded so far is stored, or has failed to be. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#flights.values()].map(({ loaded }) => loaded));
    await Promise.all(this.#writes);
  }

  /** A loader that reads its own key would wait for itself: it gets a load of its own. */
  #isInside(key: string): boolean {
    return this.#inside.getStore()?.has(key) ?? false;
  }

  #isDeliverable(flight: Flight, arrival: Moment, { entry }: LoadedValue): boolean {
    const { journal } = this.#options;
    if (journal.hasSeen(flight.start, arrival)) return true;
    return entry !== null && !journal.isCovered(entry.subject, entry.meta.fence);
  }

  #begin<T>(request: ReadRequest<T>): Promise<LoadedValue> {
    const { key } = request;
    const previous = this.#flights.get(key);
    if (previous) previous.isSuperseded = true;
    const flight = { start: this.#options.journal.moment(), isSuperseded: false } as Flight;
    this.#flights.set(key, flight);
    flight.loaded = Promise.resolve().then(() => this.#run(request, flight));
    const end = (): void => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    flight.loaded.then(end, end);
    return flight.loaded;
  }

  async #run<T>({ key, load, options }: ReadRequest<T>, flight: Flight): Promise<LoadedValue> {
    const { fence } = flight.start;
    const startedAt = this.#options.clock.now();
    const inside = new Set(this.#inside.getStore()).add(key);
    const value = await this.#inside.run(inside, load);
    if (!fence || flight.isSuperseded || !isCacheable(value, options))
      return { value, entry: null };
    try {
      const entry = this.prepare(key, value, options, fence, startedAt);
      const held = this.#options.repository.hold(entry);
      this.#store(entry, held);
      return { value: held.value, entry };
    } catch (error) {
      this.#report(options.template, error);
      return { value, entry: null };
    }
  }

  /**
   * The entry of a value that was obtained at `fence`.
   * @throws CacheError `VALUE_INVALID`, `TAG_INVALID`, and what a tags function throws
   */
  prepare(
    key: string,
    value: unknown,
    options: ResolvedCacheOptions,
    fence: Fence,
    startedAt: number,
  ): PreparedEntry {
    const meta = this.#metaOf(value, options, fence, startedAt);
    return this.#options.repository.prepare(key, value, meta, options.compress);
  }

  #metaOf(
    value: unknown,
    options: ResolvedCacheOptions,
    fence: Fence,
    startedAt: number,
  ): EntryMeta {
    const { clock, random, schemaVersion } = this.#options;
    const isNegative = value === null;
    const share = 1 - random() * options.jitterRatio;
    const ttlMs = Math.max(
      1,
      Math.round((isNegative ? options.negativeTtlMs : options.ttlMs) * share),
    );
    const staleMs = isNegative ? ttlMs : Math.min(ttlMs, Math.round(options.staleMs * share));
    return {
      fence,
      createdAt: startedAt,
      staleAt: startedAt + staleMs,
      expiresAt: startedAt + ttlMs,
      keptUntil: startedAt + ttlMs,
      loadMs: Math.max(0, Math.round(clock.now() - startedAt)),
      schemaVersion,
      isNegative,
      tagHashes: coverHashes('tag', tagsOf(options, value)),
    };
  }

  #store(entry: PreparedEntry, held: HeldEntry): void {
    const write = this.#options.repository
      .store(entry, held)
      .catch((error: unknown) => this.#options.onStoreFailed(error))
      .finally(() => this.#writes.delete(write));
    this.#writes.add(write);
  }

  #report(template: string, error: unknown): void {
    if (this.#reported.has(template) || this.#reported.size >= 1_000) return;
    this.#reported.add(template);
    const reason = isCacheError(error)
      ? error.message
      : 'its tags function or its value threw an error';
    this.#options.onUncacheable(template, reason);
  }
}

/** `undefined` never is; nor is `null` when only a value could tell its tags: no tag could ever invalidate it. */
function isCacheable(value: unknown, { tags }: ResolvedCacheOptions): boolean {
  return value !== undefined && (value !== null || typeof tags !== 'function');
}

function tagsOf({ tags }: ResolvedCacheOptions, value: unknown): readonly string[] {
  if (typeof tags !== 'function') return tags;
  const computed = tags(value as never);
  assertTags(computed);
  return computed;
}
