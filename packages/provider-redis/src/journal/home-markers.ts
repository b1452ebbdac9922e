import { CacheError } from '@vitalcache/core';

import type { RedisService } from '../redis.service.js';
import type { RedisStore } from '../store/redis-store.js';
import { answersWithin } from '../connection/time-limit.js';

/** Bound on one store's answer, milliseconds: one that hangs must not keep the others waiting. */
const ANSWER_MS = 1_000;
/** How often the markers are looked at while the journal is followed, milliseconds. */
const LOOK_MS = 15_000;

/**
 * Says on each of several stores which of them holds the journal of a namespace, so that two processes that were told
 * differently don't keep two journals and miss each other's invalidations.
 */
export class HomeMarkers {
  readonly #service: RedisService;
  readonly #key: string;
  readonly #home: string;
  #looking: Promise<void> | null = null;
  #lookedAt = -Infinity;
  #refusal: CacheError | null = null;

  /** @param key of the journal */
  constructor(service: RedisService, key: string, home: string) {
    this.#service = service;
    this.#key = `${key}:home`;
    this.#home = home;
  }

  /**
   * Looks at the markers of all stores that answer, and sets those that are missing.
   * @throws CacheError `JOURNAL_MISMATCH` if one of them names another home
   */
  async verify(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = null));
    await this.#looking;
    this.assertOwn();
  }

  /** Looks again if it is time, without waiting for it. @throws CacheError `JOURNAL_MISMATCH` if the last look said so */
  assertOwn(): void {
    if (performance.now() - this.#lookedAt >= LOOK_MS) {
      this.#looking ??= this.#look().finally(() => (this.#looking = null));
    }
    if (this.#refusal) throw this.#refusal;
  }

  /** Resolves when no look is under way. */
  async settled(): Promise<void> {
    await this.#looking;
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    this.#lookedAt = performance.now();
    const { stores } = this.#service.topology;
    const looks = stores.map(async (store) => {
      const asked = answersWithin(ANSWER_MS, this.#read(store)).catch(() => null);
      return { store, home: await asked };
    });
    const found = await Promise.all(looks);
    const other = found.find(({ home }) => home !== null && home !== this.#home);
    this.#refusal = other ? this.#mismatch(other.store.name, other.home ?? '') : null;
  }

  /** The home that a store's marker names, having set it if there was none. */
  async #read(store: RedisStore): Promise<string | null> {
    await store.run((client) => client.set(this.#key, this.#home, 'NX'));
    return store.run((client) => client.get(this.#key));
  }

  #mismatch(store: string, home: string): CacheError {
    return new CacheError(
      'JOURNAL_MISMATCH',
      `The journal of this namespace is on the shard ${home}, says ${store}; this process was told ${this.#home}, and ` +
        'caches nothing. Give all processes the same shards in the same order, or the same journal option; after moving ' +
        `it for good, stop them all and delete ${this.#key} on every shard.`,
    );
  }
}
