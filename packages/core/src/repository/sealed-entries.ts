import { within, type Clock } from '../clock/clock.js';
import { holdEntry, type HeldEntry } from '../entry/held-entry.js';
import { contextOf, packSealed, unframed } from '../entry/sealed-entry.codec.js';
import { SealedHeldEntry } from '../entry/sealed-held.entry.js';
import { unpackEntry, type StoredEntry } from '../entry/stored-entry.js';
import type { HeldMeta } from '../entry/entry.js';
import { CacheError } from '../errors/cache.error.js';
import type { Journal } from '../journal/journal.js';
import type { PayloadSeal, SealTerms } from '../protection/payload-seal.js';
import type { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import type { Subject } from '../validity/cover-hash.js';
import type { EntryView, PreparedEntry } from './found-entry.js';

export interface SealedEntriesOptions {
  readonly seal: PayloadSeal;
  readonly journal: Journal;
  readonly errors: CacheErrorHandler;
  readonly clock: Clock;
  readonly maxValueBytes: number;
  /** How long a read, and a write, may wait for a key. */
  readonly readBudgetMs: number;
  readonly writeBudgetMs: number;
}

/** A sealed entry: its bytes as they stand in the store, and what this process may hold of it. */
export interface SealedEntry {
  readonly bytes: Buffer;
  /** `null`: nothing. */
  readonly own: SealedHeldEntry | null;
}

/** An opened entry: for one caller, and what this process may hold of it. */
export interface OpenedEntry {
  readonly entry: HeldEntry;
  readonly own: SealedHeldEntry | null;
}

/** Where a sealed entry stands, and how it is wanted. */
export interface SealedPlace {
  readonly key: string;
  /** In the store. */
  readonly name: string;
  readonly version: number;
  readonly view: EntryView;
  readonly terms: SealTerms;
}

/** Where an entry is going to stand, and on whose account this process holds it. */
export interface SealingPlace {
  readonly name: string;
  readonly terms: SealTerms;
  readonly tenant: string | null;
}

/** Seals entries on their way into the store, and opens them anew for each caller who gets one. */
export class SealedEntries {
  readonly #options: SealedEntriesOptions;

  constructor(options: SealedEntriesOptions) {
    this.#options = options;
  }

  /**
   * Everything about the entry must be final: it can't be changed under its seal. `null` without a key: nothing is
   * stored. Never rejects.
   * @param isWanted asked once the key is there, in the step that seals
   */
  async seal(
    { meta, subject, payload }: PreparedEntry,
    place: SealingPlace,
    isWanted: () => boolean,
  ): Promise<SealedEntry | null> {
    const { seal, errors, writeBudgetMs } = this.#options;
    const { name, terms } = place;
    try {
      const given = seal.sealingKey(terms);
      const own = given instanceof Promise ? await this.#inTime(given, writeBudgetMs) : given;
      if (!isWanted()) return null;
      const parts = { ...meta, ...payload, hashes: subject.hashes };
      const bytes = packSealed(parts, name, (context) =>
        own.seal(payload.payload, context, meta.keptUntil),
      );
      return { bytes, own: this.#ownOf(meta, subject, place, bytes) };
    } catch (error) {
      errors.note('seal-failed', error);
      return null;
    } finally {
      payload.payload.fill(0);
    }
  }

  /** `null` for whatever is not to be served; never rejects. */
  async open(place: SealedPlace, bytes: Uint8Array): Promise<OpenedEntry | null> {
    const { journal, errors, maxValueBytes } = this.#options;
    const { key, name, view, terms } = place;
    try {
      const stored = unpackEntry(bytes, key, journal.epoch, name);
      if (!stored || !isWhole(stored)) throw new CacheError('VALUE_INVALID', 'unreadable');
      if (!this.#isServable(stored, place)) return null;
      const frame = await this.#opened(stored, place);
      // A key may have been long in coming.
      if (!frame || !this.#isServable(stored, place)) return null;
      const payload = unframed(frame, stored, maxValueBytes);
      const { isolation, tenant } = view;
      const how = { maxValueBytes, isolation, tenant, isKept: false };
      const entry = holdEntry(stored, stored, payload, how);
      entry.isSoftened = journal.verdict(stored, stored) === 'soft';
      entry.checkedAt = journal.position;
      frame.fill(0);
      payload.payload.fill(0);
      return { entry, own: this.#ownOf(stored, stored, { name, terms, tenant }, bytes) };
    } catch {
      errors.note('entry-corrupt'); // the decoder's message may quote the value
      return null;
    }
  }

  #isServable(stored: StoredEntry, { version }: SealedPlace): boolean {
    const { journal, clock } = this.#options;
    return (
      stored.isSealed &&
      stored.schemaVersion === version &&
      stored.keptUntil > clock.now() &&
      journal.verdict(stored, stored) !== 'covered'
    );
  }

  /** What was sealed; `null` if there is no key for it, or it is something else. */
  async #opened(stored: StoredEntry, { name, terms }: SealedPlace): Promise<Buffer | null> {
    const { seal, errors, clock, readBudgetMs } = this.#options;
    const payload = stored.payload.subarray(stored.payloadAt, stored.payloadEnd);
    try {
      const given = seal.openingKey(terms, payload);
      const key = given instanceof Promise ? await this.#inTime(given, readBudgetMs) : given;
      if (!key) return null;
      const frame = key.open(payload, contextOf(stored.header, name), clock.now());
      if (frame) return frame;
      errors.note('seal-refused');
      seal.onRefused(terms);
    } catch (error) {
      errors.note('seal-failed', error);
    }
    return null;
  }

  #ownOf(
    meta: HeldMeta,
    subject: Subject,
    { terms, tenant }: SealingPlace,
    bytes: Uint8Array,
  ): SealedHeldEntry | null {
    const ownMs = this.#options.seal.ownMs(terms);
    if (ownMs <= 0) return null;
    // What came from a store is often a window on the much larger buffer that a socket was read into.
    const copy = Buffer.allocUnsafeSlow(bytes.length);
    copy.set(bytes);
    const untilMs = this.#options.clock.now() + ownMs;
    return new SealedHeldEntry(meta, subject, tenant, copy, untilMs);
  }

  #inTime<T>(key: Promise<T>, ms: number): Promise<T> {
    return within(this.#options.clock, ms, key, () => {
      throw new CacheError('STORE_TIMEOUT', `No key within ${ms} ms.`);
    });
  }
}

/** The one number of a sealed entry's header that its payload is not bound to, for it is known only afterwards. */
function isWhole({ isSealed, rawLength, payloadAt, payloadEnd }: StoredEntry): boolean {
  return !isSealed || rawLength === payloadEnd - payloadAt;
}
