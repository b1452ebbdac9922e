import { within, type Clock } from '../clock/clock.js';
import { holdEntry, type HeldEntry } from '../entry/held-entry.js';
import { contextOf, packSealed, unframed } from '../entry/sealed-entry.codec.js';
import { SealedHeldEntry } from '../entry/sealed-held.entry.js';
import { unpackEntry, type StoredEntry } from '../entry/stored-entry.js';
import type { HeldMeta } from '../entry/entry.js';
import { CacheError } from '../errors/cache.error.js';
import type { Journal } from '../journal/journal.js';
import type { PayloadSeal, SealKey, SealTerms } from '../protection/payload-seal.js';
import type { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import type { Subject } from '../validity/cover-hash.js';
import type { EntryView, PreparedEntry } from './found-entry.js';

export interface SealedEntriesOptions {
  readonly seal: PayloadSeal;
  readonly journal: Journal;
  readonly errors: CacheErrorHandler;
  readonly clock: Clock;
  readonly maxValueBytes: number;
  /** 0: this process holds nothing. */
  readonly l1MaxBytes: number;
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

/** At hand, or on its way. */
export type MaybeLater<T> = T | Promise<T>;

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
   * stored. At once where the key is at hand; throws and rejects never.
   * @param isWanted asked once the key is there, in the step that seals
   */
  seal(
    entry: PreparedEntry,
    place: SealingPlace,
    isWanted: () => boolean,
  ): MaybeLater<SealedEntry | null> {
    const { seal, writeBudgetMs } = this.#options;
    const failed = (error: unknown): null => {
      entry.payload.payload.fill(0);
      return this.#failed(error);
    };
    try {
      const key = seal.sealingKey(place.terms);
      if (!(key instanceof Promise)) return this.#packed(key, entry, place, isWanted);
      return this.#inTime(key, writeBudgetMs).then(
        (had) => this.#packed(had, entry, place, isWanted),
        failed,
      );
    } catch (error) {
      return failed(error);
    }
  }

  #packed(
    key: SealKey,
    { meta, subject, payload }: PreparedEntry,
    place: SealingPlace,
    isWanted: () => boolean,
  ): SealedEntry | null {
    try {
      if (!isWanted()) return null;
      const parts = { ...meta, ...payload, hashes: subject.hashes };
      const bytes = packSealed(parts, place.name, (context) =>
        key.seal(payload.payload, context, meta.keptUntil),
      );
      return { bytes, own: this.#ownOf(meta, subject, place.terms, place.tenant, bytes) };
    } catch (error) {
      return this.#failed(error);
    } finally {
      payload.payload.fill(0);
    }
  }

  /** `null` for whatever is not to be served. At once where the key is at hand; throws and rejects never. */
  open(place: SealedPlace, bytes: Uint8Array): MaybeLater<OpenedEntry | null> {
    const stored = this.#storedIn(place, bytes);
    if (!stored) return null;
    const sealed = payloadOf(stored);
    const key = this.#keyOf(sealed, place);
    if (!(key instanceof Promise)) return key && this.#opened(key, stored, sealed, place);
    return this.#inTime(key, this.#options.readBudgetMs).then(
      // A key may have been long in coming.
      (own) =>
        own && this.#isServable(stored, place) ? this.#opened(own, stored, sealed, place) : null,
      (error: unknown) => this.#failed(error),
    );
  }

  #storedIn(place: SealedPlace, bytes: Uint8Array): StoredEntry | null {
    const { journal, errors } = this.#options;
    const stored = unpackEntry(bytes, place.key, journal.epoch, place.name);
    if (stored && isWhole(stored)) return this.#isServable(stored, place) ? stored : null;
    errors.note('entry-corrupt');
    return null;
  }

  #keyOf(sealed: Uint8Array, { terms }: SealedPlace): MaybeLater<SealKey | null> {
    try {
      return this.#options.seal.openingKey(terms, sealed);
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** There is no key now. */
  #failed(error: unknown): null {
    this.#options.errors.note('seal-failed', error);
    return null;
  }

  #opened(
    key: SealKey,
    stored: StoredEntry,
    sealed: Uint8Array,
    place: SealedPlace,
  ): OpenedEntry | null {
    const { journal, errors, maxValueBytes } = this.#options;
    const { isolation, tenant } = place.view;
    try {
      const frame = this.#frameOf(key, stored, sealed, place);
      if (!frame) return null;
      const payload = unframed(frame, stored, maxValueBytes);
      const how = { maxValueBytes, isolation, tenant, isKept: false };
      const entry = holdEntry(stored, stored, payload, how);
      entry.isSoftened = stored.isSoftened;
      entry.checkedAt = journal.position;
      frame.fill(0);
      // What was not inflated is a window on the frame.
      if (stored.compressor !== 'none') payload.payload.fill(0);
      return { entry, own: this.#ownOf(stored, stored, place.terms, tenant, stored.payload) };
    } catch {
      errors.note('entry-corrupt'); // the decoder's message may quote the value
      return null;
    }
  }

  /** What was sealed; `null` if it was not so, or not for this place. */
  #frameOf(
    key: SealKey,
    stored: StoredEntry,
    sealed: Uint8Array,
    { name, terms }: SealedPlace,
  ): Buffer | null {
    const { seal, errors, clock } = this.#options;
    const context = contextOf(stored.payload, stored.payloadAt, name);
    const frame = key.open(sealed, context, clock.now());
    if (frame) return frame;
    errors.note('seal-refused');
    seal.onRefused(terms);
    return null;
  }

  /** Notes as well whether it is soft. */
  #isServable(stored: StoredEntry, { version }: SealedPlace): boolean {
    const { journal, clock } = this.#options;
    if (!stored.isSealed || stored.schemaVersion !== version) return false;
    if (stored.keptUntil <= clock.now()) return false;
    const verdict = journal.verdict(stored, stored);
    stored.isSoftened = verdict === 'soft';
    return verdict !== 'covered';
  }

  #ownOf(
    meta: HeldMeta,
    subject: Subject,
    terms: SealTerms,
    tenant: string | null,
    bytes: Uint8Array,
  ): SealedHeldEntry | null {
    const { seal, l1MaxBytes } = this.#options;
    const ownMs = l1MaxBytes > 0 ? seal.ownMs(terms) : 0;
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

function payloadOf({ payload, payloadAt, payloadEnd }: StoredEntry): Buffer {
  return payload.subarray(payloadAt, payloadEnd);
}

/** The one number of a sealed entry's header that its payload is not bound to, for it is known only afterwards. */
function isWhole({ isSealed, rawLength, payloadAt, payloadEnd }: StoredEntry): boolean {
  return !isSealed || rawLength === payloadEnd - payloadAt;
}
