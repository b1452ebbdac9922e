import type { Clock } from '../clock/clock.js';
import { comparedPart, FENCE_BYTES, SAME_BYTES } from '../entry/entry-header.codec.js';
import { CacheError } from '../errors/cache.error.js';
import type { Journal } from '../journal/journal.js';
import type { ICacheProvider, ReadOptions, StoredItem } from '../provider/cache-provider.js';
import type { ProviderCapabilities } from '../provider/provider-capabilities.js';
import type { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import type { StoreGuard } from '../resilience/store-guard.js';
import type { EndingLease } from './found-entry.js';
import { partsOf } from './parts-of.js';
import { ReadGatherer, type Open } from './read-gatherer.js';
import { WriteGatherer } from './write-gatherer.js';

export interface EntryStoreOptions {
  readonly provider: ICacheProvider;
  readonly store: ProviderCapabilities;
  readonly guard: StoreGuard;
  readonly journal: Journal;
  readonly errors: CacheErrorHandler;
  readonly clock: Clock;
  /** How long a write may take. */
  readonly writeBudgetMs: number;
  /** Whether what is read, or written, one by one in one turn of the event loop is to be one question to their store. */
  readonly isGathering: () => boolean;
}

/** Names of one question at most. */
const MAX_NAMES = 128;

/**
 * The bytes of entries by their store keys. Each question passes the guard of the store that it is for, and no answer is
 * believed before the journal was heard.
 */
export class EntryStore {
  readonly #options: EntryStoreOptions;
  readonly #reads: ReadGatherer;
  /** `null`: the store takes one at a time. */
  readonly #writes: WriteGatherer | null;
  /** A store of this process alone answers at once: there is nothing to save. */
  readonly #canGather: boolean;

  constructor(options: EntryStoreOptions) {
    const { provider, store, clock } = options;
    this.#options = options;
    const isShared = provider.shared !== false;
    this.#canGather = store.batch !== undefined && isShared;
    this.#reads = new ReadGatherer(clock, (guard, parts) => {
      const asks = parts.map((names) => () => this.#getMany(names));
      return this.#fetchParts(guard, asks);
    });
    const { fencedBatch } = store;
    this.#writes =
      fencedBatch && isShared
        ? new WriteGatherer(clock, (guard, parts) =>
            guard.runParts(
              parts.map((part) => () => fencedBatch.setFencedMany(part, SAME_BYTES, FENCE_BYTES)),
              options.writeBudgetMs,
            ),
          )
        : null;
  }

  /**
   * Resolves with what `open` makes of the bytes, `null` also when the store or the journal did not answer in time.
   * Never rejects.
   * @param open must not throw, nor reject
   */
  find<T>(name: string, open: Open<T>, how?: ReadOptions): Promise<T> {
    const { provider, isGathering, clock } = this.#options;
    const guard = this.#options.guard.of(name);
    if (!how && this.#canGather && isGathering()) return this.#reads.find(guard, name, open);
    const ask = () => (how ? provider.get(name, how) : provider.get(name));
    return this.#fetch(guard, ask).then((bytes) => open(bytes, clock.now()));
  }

  /**
   * As {@link find}, for many names; a store that fails or hangs costs its own names only. Many are several questions at
   * once: what was answered is opened while the next answer is on its way.
   * @param open gets what was answered and which of the names that was for; must not throw
   */
  async findMany(
    names: readonly string[],
    open: (answers: readonly (Uint8Array | null)[], places: readonly number[]) => void,
  ): Promise<void> {
    const asked: Promise<void>[] = [];
    for (const [guard, places] of this.#placesByGuard(names)) {
      const parts = partsOf(places, MAX_NAMES);
      const asks = parts.map(
        (part) => () => this.#getMany(part.map((place) => names[place] as string)),
      );
      this.#fetchParts(guard, asks).forEach((fetching, i) => {
        const opening = fetching.then((answers) => {
          if (answers) open(answers, parts[i] ?? []);
        });
        asked.push(opening);
      });
    }
    await Promise.all(asked);
  }

  /**
   * What stands there, from the store itself.
   * @throws CacheError `STORE_UNAVAILABLE`, `STORE_TIMEOUT`, and what the provider rejects with
   */
  async latest(name: string): Promise<Uint8Array | null> {
    const { provider, guard, journal } = this.#options;
    const bytes = await guard.of(name).run(() => provider.get(name, { isLatest: true }));
    if (journal.isBlind() && !(await journal.catchUp())) {
      throw new CacheError('STORE_UNAVAILABLE', 'The journal did not answer.');
    }
    return bytes;
  }

  /**
   * Resolves with whether it is stored: not so when something later is there. Rejects when the store failed.
   * @param lease is over then, where the store can see to that in the same step
   */
  async put(item: StoredItem, lease?: EndingLease | null): Promise<boolean> {
    const { provider, store, guard, writeBudgetMs, isGathering } = this.#options;
    const { fenced } = store;
    const own = guard.of(item.key);
    if (this.#writes && isGathering()) {
      const isStored = await this.#writes.put(own, lease ? { ...item, lease } : item);
      if (lease) lease.isOver = true;
      return isStored;
    }
    if (fenced) {
      return own.run(() => fenced.setFenced(item, SAME_BYTES, FENCE_BYTES), writeBudgetMs);
    }
    await own.run(() => provider.set(item.key, item.value, item.ttlMs), writeBudgetMs);
    return true;
  }

  /** Stores if the store still holds `expected`; resolves with whether it did. Rejects when the store failed. */
  replace(item: StoredItem, expected: Uint8Array | null): Promise<boolean> {
    const { store, guard, writeBudgetMs } = this.#options;
    const header = expected && comparedPart(expected);
    return guard
      .of(item.key)
      .run(
        () => store.compare?.setIfUnchanged(item, header) ?? this.#compareAndSet(item, expected),
        writeBudgetMs,
      );
  }

  /**
   * Removes what is there; resolves with how many existed, `null` if that is not known. Housekeeping: a store that fails
   * is counted, and keeps nobody from the others.
   */
  async remove(names: readonly string[]): Promise<number | null> {
    const { guard, errors, writeBudgetMs } = this.#options;
    const counts = await Promise.all(
      [...guard.groups(names)].map(([own, group]) =>
        errors.guard(
          'store-write-failed',
          () => own.run(() => this.#delMany(group), writeBudgetMs),
          () => null,
        ),
      ),
    );
    return sumOf(counts);
  }

  #placesByGuard(names: readonly string[]): ReadonlyMap<StoreGuard, number[]> {
    const groups = new Map<StoreGuard, number[]>();
    let [last, places]: [StoreGuard | null, number[]] = [null, []];
    names.forEach((name, place) => {
      const guard = this.#options.guard.of(name);
      if (guard !== last) {
        places = groups.get(guard) ?? [];
        groups.set(guard, places);
        last = guard;
      }
      places.push(place);
    });
    return groups;
  }

  #getMany(names: readonly string[]): Promise<readonly (Uint8Array | null)[]> {
    const { provider, store } = this.#options;
    return store.batch
      ? store.batch.getMany(names)
      : Promise.all(names.map((name) => provider.get(name)));
  }

  async #delMany(names: readonly string[]): Promise<number | null> {
    const { provider, store } = this.#options;
    if (store.batch && names.length > 1) return store.batch.delMany(names);
    return sumOf(await Promise.all(names.map((name) => provider.del(name))));
  }

  /** For providers that can't: two processes may both find it unchanged. */
  async #compareAndSet(item: StoredItem, expected: Uint8Array | null): Promise<boolean> {
    const { provider } = this.#options;
    const stored = await provider.get(item.key, { isLatest: true });
    const isSame =
      stored && expected ? Buffer.compare(stored, expected) === 0 : stored === expected;
    if (isSame) await provider.set(item.key, item.value, item.ttlMs);
    return isSame;
  }

  #fetch<T>(guard: StoreGuard, ask: () => Promise<T>): Promise<T | null> {
    return this.#fetchParts(guard, [ask])[0] as Promise<T | null>;
  }

  /** Stored bytes, once it is known that the journal can be trusted; of each part of one question. */
  #fetchParts<T>(
    guard: StoreGuard,
    asks: readonly (() => Promise<T>)[],
  ): readonly Promise<T | null>[] {
    return this.#askAndHear(guard, asks).map((asked) => this.#believed(asked));
  }

  async #believed<T>(asked: Promise<readonly [T, boolean]>): Promise<T | null> {
    const { errors } = this.#options;
    try {
      const [answer, isHeard] = await asked;
      if (isHeard) errors.end('blind');
      else {
        errors.note('blind');
        errors.begin('blind');
      }
      return isHeard ? answer : null;
    } catch (error) {
      errors.note('store-failed', error);
      return null;
    }
  }

  #askAndHear<T>(
    guard: StoreGuard,
    asks: readonly (() => Promise<T>)[],
  ): readonly Promise<readonly [T, boolean]>[] {
    const { errors, journal } = this.#options;
    const home = this.#options.guard.journal;
    if (home === guard) {
      return guard.runParts(asks.map((ask) => () => Promise.all([ask(), this.#hear()])));
    }
    const asked = guard.runParts(asks);
    if (!journal.isBlind() && !journal.hasQueued) {
      return asked.map((part) => part.then((answer) => [answer, true]));
    }
    const hearing = errors.guard(
      'store-failed',
      () => home.run(async () => this.#hear()),
      () => !journal.isBlind(), // what waits to be recorded counts here all the same
    );
    return asked.map((part) => Promise.all([part, hearing]));
  }

  /** Whether this process knows what was invalidated: at once, unless that has to be asked for. */
  #hear(): boolean | Promise<boolean> {
    const { journal } = this.#options;
    const isHeard = journal.isBlind() ? journal.catchUp() : true;
    if (!journal.hasQueued) return isHeard;
    // First of all, others are to hear of what waits here.
    return Promise.all([isHeard, journal.flush()]).then(([heard]) => heard);
  }
}

function sumOf(counts: readonly (number | null | void)[]): number | null {
  return counts.reduce<number | null>(
    (total, count) => (total === null || typeof count !== 'number' ? null : total + count),
    0,
  );
}
