import type { ProviderCapabilities } from '../provider/provider-capabilities.js';
import type { CacheRepository } from '../repository/cache.repository.js';
import type { StoreKeys } from '../repository/store-keys.js';
import type { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import type { StoreGuard } from '../resilience/store-guard.js';
import type { CacheVersioningService } from '../versioning/cache-versioning.service.js';

export interface StoreKeeperOptions {
  readonly store: ProviderCapabilities;
  readonly guard: StoreGuard;
  readonly errors: CacheErrorHandler;
  readonly repository: CacheRepository;
  readonly keys: StoreKeys;
  readonly versions: CacheVersioningService;
}

/** What a look through the entries of a store found. */
export interface EntryCensus {
  /** Entries that were looked at. */
  readonly seen: number;
  /** Those that the store would keep without an end. */
  readonly endless: number;
  /** False when the store could not be looked through, or not in time. */
  readonly complete: boolean;
}

/**
 * Physical work on what a cache keeps in its store, for classes that extend it. It decides nothing about what is valid:
 * a store that fails, or can't do it, is counted and otherwise passed over. Never rejects.
 */
export class StoreKeeper {
  readonly #options: StoreKeeperOptions;

  constructor(options: StoreKeeperOptions) {
    this.#options = options;
  }

  /** Whether the store has sets of names. */
  get hasIndex(): boolean {
    return this.#options.store.index !== undefined;
  }

  /** Under which an entry stands in the store, once for each version of its value. */
  namesOf(key: string): readonly string[] {
    const { keys, versions } = this.#options;
    return versions.all.map((version) => keys.entry(key, version));
  }

  /** The name of a set in the store, whatever `key` is like. */
  setOf(key: string): string {
    return this.#options.keys.index(key);
  }

  /** Resolves with whether the store took it. */
  async addMember(
    set: string,
    member: string,
    ttlMs: number,
    maxMembers: number,
  ): Promise<boolean> {
    const { guard, store } = this.#options;
    const { index } = store;
    if (!index) return false;
    const adding = guard.of(set).attempt(async () => {
      await index.addMember(set, member, ttlMs, maxMembers);
      return true;
    });
    return (await adding) ?? false;
  }

  /** `null`: the store did not say. */
  async membersOf(set: string, limit: number): Promise<readonly string[] | null> {
    const { guard, store } = this.#options;
    const { index } = store;
    if (!index) return null;
    return (await guard.of(set).attempt(() => index.membersOf(set, limit))) ?? null;
  }

  /** Resolves with how many there were, `null`: the store did not say. */
  async dropMembers(set: string, members: readonly string[]): Promise<number | null> {
    const { guard, store } = this.#options;
    const { index } = store;
    if (members.length === 0) return 0;
    if (!index) return null;
    return (await guard.of(set).attempt(() => index.dropMembers(set, members))) ?? null;
  }

  /** Removes what stands under these names; resolves with how many existed, `null` if that is not known. */
  remove(names: readonly string[]): Promise<number | null> {
    return this.#options.repository.removeNames(names);
  }

  /** Milliseconds until the store forgets each name; `undefined` where it could not say. */
  async timesLeft(names: readonly string[]): Promise<readonly (number | null)[] | undefined> {
    const { guard, store } = this.#options;
    const { inspect } = store;
    return inspect && guard.attempt(() => inspect.timesLeft(names));
  }

  /** Looks whether every entry of the namespace has an end. */
  async census(deadlineMs: number): Promise<EntryCensus> {
    const { keys, store } = this.#options;
    const { inspect } = store;
    let [seen, endless] = [0, 0];
    const visit = async (page: readonly string[]): Promise<void> => {
      const left = (await inspect?.timesLeft(page)) ?? [];
      seen += left.filter((ms) => ms !== null).length;
      endless += left.filter((ms) => ms === Infinity).length;
    };
    const complete = await this.#look(keys.everyEntry, visit, deadlineMs);
    return { seen, endless, complete };
  }

  /** Visits the names of all sets; resolves with whether it saw them all in time. */
  visitSets(
    visit: (sets: readonly string[]) => Promise<void>,
    deadlineMs: number,
  ): Promise<boolean> {
    return this.#look(this.#options.keys.everyIndex, visit, deadlineMs);
  }

  /** Forgets what this process holds itself. */
  forgetOwn(): void {
    this.#options.repository.forget();
  }

  #look(
    pattern: string,
    visit: (page: readonly string[]) => Promise<void>,
    deadlineMs: number,
  ): Promise<boolean> {
    const { errors, guard, store } = this.#options;
    const { inspect } = store;
    if (!inspect) return Promise.resolve(false);
    return errors.guard(
      'store-failed',
      () => guard.run(() => inspect.visitKeys(pattern, visit, deadlineMs), deadlineMs + 1_000),
      () => false,
    );
  }
}
