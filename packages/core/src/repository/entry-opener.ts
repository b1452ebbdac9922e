import { holdEntry, valueOf, type HeldEntry, type HoldTerms } from '../entry/held-entry.js';
import { unpackEntry, type StoredEntry } from '../entry/stored-entry.js';
import { CacheError } from '../errors/cache.error.js';
import type { Journal } from '../journal/journal.js';
import type { Isolation } from '../options/cache-options.js';
import type { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import { FreshValue, type EntryView, type FoundEntry, type IsEnough } from './found-entry.js';
import type { OwnTier } from './own-tier.js';
import type { StoreKeys } from './store-keys.js';

export interface EntryOpenerOptions {
  readonly journal: Journal;
  readonly errors: CacheErrorHandler;
  readonly keys: StoreKeys;
  readonly maxValueBytes: number;
  /** Where what is opened is held. */
  readonly own: OwnTier;
}

/** What stored bytes mean. They come from outside and are believed only after every check; what is wrong is a miss. */
export class EntryOpener {
  readonly #options: EntryOpenerOptions;

  constructor(options: EntryOpenerOptions) {
    this.#options = options;
  }

  /** How an entry is to be held. */
  termsOf(isolation: Isolation, tenant: string | null): HoldTerms {
    const { maxValueBytes, own } = this.#options;
    return { maxValueBytes, isolation, tenant, isKept: own.isKeeping };
  }

  /** The entry, which this process holds from now on; `null`: it is not to be served. Never throws. */
  open(
    key: string,
    version: number,
    view: EntryView,
    bytes: Uint8Array,
    nowMs: number,
  ): HeldEntry | null {
    try {
      const stored = this.#valid(key, version, bytes, nowMs);
      return stored && this.#held(key, view, stored);
    } catch {
      return this.#corrupt();
    }
  }

  /** As {@link open}; where the entry `isEnough` for it, its value alone, and nothing is held that need not be. */
  openFresh(
    key: string,
    version: number,
    view: EntryView,
    bytes: Uint8Array,
    nowMs: number,
    isEnough: IsEnough,
  ): FreshValue | FoundEntry | null {
    try {
      const stored = this.#valid(key, version, bytes, nowMs);
      if (!stored) return null;
      const isFresh = isEnough(stored, nowMs);
      if (isFresh && !this.#options.own.isKeeping) {
        const terms = this.termsOf(view.isolation, view.tenant);
        return new FreshValue(valueOf(stored, terms), stored);
      }
      const entry = this.#held(key, view, stored);
      return isFresh ? new FreshValue(entry.value, stored) : { entry, tier: 'l2' };
    } catch {
      return this.#corrupt();
    }
  }

  /** `null`: it is not to be served. @throws if the bytes are no entry of this key */
  #valid(key: string, version: number, bytes: Uint8Array, nowMs: number): StoredEntry | null {
    const { journal, keys } = this.#options;
    // The checksum must not be a way to try keys where they are secret.
    const seedText = keys.areSecret ? keys.entry(key, version) : key;
    const stored = unpackEntry(bytes, key, journal.epoch, seedText);
    if (!stored) throw new CacheError('VALUE_INVALID', 'unreadable');
    if (stored.schemaVersion !== version || stored.keptUntil <= nowMs) return null;
    if (stored.isSealed) return null; // nobody opens it who does not say what for
    const verdict = journal.verdict(stored, stored);
    stored.isSoftened = verdict === 'soft';
    return verdict === 'covered' ? null : stored;
  }

  /** @throws if its value can't be decoded */
  #held(key: string, { isolation, tenant }: EntryView, stored: StoredEntry): HeldEntry {
    const held = holdEntry(stored, stored, stored, this.termsOf(isolation, tenant));
    held.isSoftened = stored.isSoftened;
    held.checkedAt = this.#options.journal.position;
    this.#options.own.put(key, held);
    return held;
  }

  #corrupt(): null {
    this.#options.errors.note('entry-corrupt'); // the decoder's message may quote the value
    return null;
  }
}
