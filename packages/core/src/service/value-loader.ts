import { AsyncLocalStorage } from 'node:async_hooks';

import type { Clock } from '../clock/clock.js';
import type { EntryMeta } from '../entry/entry.js';
import type { HeldEntry } from '../entry/l1.cache.js';
import { CacheError, isCacheError } from '../errors/cache.error.js';
import type { Fence } from '../journal/fence.js';
import type { Journal, Moment } from '../journal/journal.js';
import { assertTags } from '../key/key-rules.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { ICacheRepository, PreparedEntry } from '../repository/cache.repository.js';
import type { ReadRequest } from '../strategy/read-request.js';
import { coverHashes } from '../validity/cover-hash.js';

/** What a load gave: an entry whose value can be handed to many, or a bare value for the one who loaded it. */
export type LoadedValue =
  | { readonly held: HeldEntry; readonly isStorable: boolean }
  | { readonly held: null; readonly value: unknown };

export interface ValueLoaderOptions {
  readonly repository: ICacheRepository;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: () => number;
  readonly schemaVersion: number;
  /** Says something about the values of a template, once. */
  readonly onOddValue: (template: string, problem: string) => void;
  /** Storing failed; the value was returned all the same. */
  readonly onStoreFailed: (error: unknown) => void;
}

/** A load under way, and what it had seen of the journal when it began. */
interface Flight {
  readonly start: Moment;
  /** A later load of the same key has begun: what this one gives is too old to be stored. */
  isSuperseded: boolean;
  loaded: Promise<LoadedValue>;
}

/** Entries of values that were loaded while nothing may be stored have this fence and are never stored. */
const UNFENCED: Fence = { epoch: { stamp: 0, nonce: 0 }, position: 0 };

/**
 * Calls loaders: once for all callers of a key that ask at the same time, with the fence taken before. Whoever joins a
 * load that began before an invalidation which it came after does not get its value.
 */
export class ValueLoader {
  readonly #options: ValueLoaderOptions;
  readonly #flights = new Map<string, Flight>();
  readonly #writes = new Set<Promise<void>>();
  readonly #reported = new Set<string>();
  /** The loads that the present async context runs in, and how often each was asked for from inside. */
  readonly #inside = new AsyncLocalStorage<ReadonlyMap<Flight, number>>();

  constructor(options: ValueLoaderOptions) {
    this.#options = options;
  }

  isLoading(key: string): boolean {
    return this.#flights.has(key);
  }

  /** Resolves with whether another caller's load was joined, beside what was loaded. */
  async load<T>(request: ReadRequest<T>): Promise<LoadedValue & { readonly isJoined: boolean }> {
    const flight = this.#flights.get(request.key);
    if (flight && this.#inside.getStore()?.has(flight)) {
      return { ...(await this.#loadInside(request, flight)), isJoined: false };
    }
    if (!flight || request.options.forceRefresh) {
      return { ...(await this.#begin(request)), isJoined: false };
    }
    return this.#join(request, flight);
  }

  /** Resolves when every load under way has ended and everything loaded so far is stored, or has failed to be. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#flights.values()].map(({ loaded }) => loaded));
    await Promise.all(this.#writes);
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
    const entry = this.#options.repository.prepare(key, value, meta, options.compress);
    if (entry.payload.hasInstances) {
      this.#report(options.template, 'holds class instances, which come back as plain objects');
    }
    return entry;
  }

  async #join<T>(
    request: ReadRequest<T>,
    flight: Flight,
  ): Promise<LoadedValue & { readonly isJoined: boolean }> {
    const { journal } = this.#options;
    const arrival = journal.moment();
    const loaded = await flight.loaded;
    if (this.#isDeliverable(flight, arrival, loaded)) return { ...loaded, isJoined: true };
    // A bare value belongs to the one who loaded it: it may be a stream, or changed by its owner.
    if (!loaded.held) return { held: null, value: await request.load(), isJoined: false };
    const next = this.#flights.get(request.key);
    const isNewEnough = next !== undefined && journal.hasSeen(next.start, arrival);
    const second = await (isNewEnough ? next.loaded : this.#begin(request));
    if (second.held) return { ...second, isJoined: isNewEnough };
    const value = isNewEnough ? await request.load() : second.value;
    return { held: null, value, isJoined: false };
  }

  #isDeliverable(flight: Flight, arrival: Moment, { held }: LoadedValue): boolean {
    const { journal } = this.#options;
    if (!held) return false;
    return journal.hasSeen(flight.start, arrival) || !journal.isCovered(held.subject, held.fence);
  }

  /** A loader that reads its own key would wait for itself: it loads alone, once. */
  async #loadInside<T>({ load }: ReadRequest<T>, flight: Flight): Promise<LoadedValue> {
    const inside = new Map(this.#inside.getStore());
    const depth = inside.get(flight) ?? 0;
    if (depth > 1) {
      throw new CacheError(
        'LOAD_REENTRANT',
        'A loader reads its own key again and again; give the inner read a key of its own.',
      );
    }
    inside.set(flight, depth + 1);
    return { held: null, value: await this.#inside.run(inside, load) };
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
    const inside = new Map(this.#inside.getStore()).set(flight, 0);
    const value = await this.#inside.run(inside, load);
    try {
      const entry = this.prepare(key, value, options, fence ?? UNFENCED, startedAt);
      const held = this.#options.repository.hold(entry);
      const isStorable = fence !== null && !flight.isSuperseded && isCacheable(value, options);
      if (isStorable) this.#store(entry, held);
      return { held, isStorable };
    } catch (error) {
      const reason = isCacheError(error) ? error.message : 'its tags function threw an error';
      this.#report(options.template, `was returned but not cached: ${reason}`);
      return { held: null, value };
    }
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

  #report(template: string, problem: string): void {
    if (this.#reported.has(template) || this.#reported.size >= 1_000) return;
    this.#reported.add(template);
    this.#options.onOddValue(template, problem);
  }
}

/** `undefined` never is; nor is `null` when only a value could tell its tags: no tag could ever invalidate it. */
function isCacheable(value: unknown, { tags, negativeTtlMs }: ResolvedCacheOptions): boolean {
  if (value === null) return negativeTtlMs > 0 && typeof tags !== 'function';
  return value !== undefined;
}

function tagsOf({ tags }: ResolvedCacheOptions, value: unknown): readonly string[] {
  const names =
    typeof tags !== 'function'
      ? tags
      : value === null || value === undefined
        ? []
        : tags(value as never);
  assertTags(names);
  return names;
}
