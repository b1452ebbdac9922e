import type { EntryMeta } from '../entry/entry.js';
import { packEntry } from '../entry/entry-header.codec.js';
import { holdEntry, type HeldEntry } from '../entry/held-entry.js';
import { framed } from '../entry/sealed-entry.codec.js';
import { encodeValue, type CompressionPolicy } from '../entry/value.codec.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { Admission } from '../protection/admission.js';
import type { PayloadSeal, SealTerms } from '../protection/payload-seal.js';
import type { ReadOptions, StoredItem } from '../provider/cache-provider.js';
import type { ICoverHasher } from '../validity/cover.hasher.js';
import type { CacheVersioningService } from '../versioning/cache-versioning.service.js';
import { BatchFinder } from './batch.finder.js';
import { EntryOpener } from './entry-opener.js';
import { EntryStore, type EntryStoreOptions } from './entry-store.js';
import type {
  EndingLease,
  EntryView,
  FoundEntry,
  FreshValue,
  ICacheRepository,
  IsEnough,
  PreparedEntry,
} from './found-entry.js';
import { OwnTier, type OwnTierOptions } from './own-tier.js';
import type { SealedPlace } from './sealed-entries.js';
import { SealedRepository, type Sealing } from './sealed.repository.js';
import type { StoreKeys } from './store-keys.js';

export interface CacheRepositoryOptions extends EntryStoreOptions, OwnTierOptions {
  readonly versions: CacheVersioningService;
  readonly keys: StoreKeys;
  readonly hasher: ICoverHasher;
  readonly maxValueBytes: number;
  /** `compressor: 'none'` switches compression off for all entries. */
  readonly compression: CompressionPolicy;
  /** Seals what the protection has admitted; `null`: there is none. */
  readonly seal: PayloadSeal | null;
  /** How long a read may wait for a key. */
  readonly readBudgetMs: number;
}

export class CacheRepository implements ICacheRepository {
  readonly #options: CacheRepositoryOptions;
  readonly #own: OwnTier;
  readonly #stored: EntryStore;
  readonly #sealed: SealedRepository;
  /** By the options of admissions that are given again and again. */
  readonly #places = new WeakMap<EntryView, SealedPlace>();
  readonly #opener: EntryOpener;
  readonly #batches: BatchFinder;
  #compression: CompressionPolicy;

  constructor(options: CacheRepositoryOptions) {
    this.#options = options;
    this.#own = new OwnTier(options);
    this.#stored = new EntryStore(options);
    this.#sealed = new SealedRepository(options, this.#stored, this.#own);
    this.#opener = new EntryOpener({ ...options, own: this.#own });
    this.#batches = new BatchFinder({
      ...options,
      stored: this.#stored,
      opener: this.#opener,
      own: this.#own,
    });
    this.#compression = options.compression;
  }

  /** Whether this process has a tier of its own. */
  get hasOwnTier(): boolean {
    return this.#own.isKeeping;
  }

  /** What the process's own tier holds. */
  get l1(): { readonly entries: number; readonly bytes: number; readonly evictions: number } {
    return this.#own.usage;
  }

  peek(key: string, nowMs?: number): HeldEntry | null {
    return this.#own.peek(key, nowMs);
  }

  findOwn(key: string, view: EntryView): HeldEntry | null {
    return this.#own.find(key, this.#options.versions.versionOf(view.template, key), view);
  }

  find(key: string, view: EntryView, how?: ReadOptions): Promise<FoundEntry | null> {
    const version = this.#options.versions.versionOf(view.template, key);
    if (view.admission) {
      return this.#sealed.find(this.#placeOf(key, version, view, view.admission), how);
    }
    const own = this.#own.find(key, version, view);
    if (own) return Promise.resolve({ entry: own, tier: 'l1' });
    const open = (bytes: Uint8Array | null, nowMs: number): FoundEntry | null => {
      const entry = bytes && this.#opener.open(key, version, view, bytes, nowMs);
      return entry && { entry, tier: 'l2' };
    };
    return this.#stored.find(this.#name(key, version), open, how);
  }

  /**
   * As {@link find}, for who wants a value alone where its entry `isEnough`: where this process has no tier of its own, no
   * entry is made for it then. What this process holds is given at once. Not for what is sealed.
   */
  findFresh(
    key: string,
    view: EntryView,
    isEnough: IsEnough,
  ): FoundEntry | Promise<FreshValue | FoundEntry | null> {
    const version = this.#options.versions.versionOf(view.template, key);
    const own = this.#own.find(key, version, view);
    if (own) return { entry: own, tier: 'l1' };
    return this.#stored.find(
      this.#name(key, version),
      (bytes, nowMs) => bytes && this.#opener.openFresh(key, version, view, bytes, nowMs, isEnough),
    );
  }

  findMany(keys: readonly string[], view: EntryView): Promise<readonly (FoundEntry | null)[]> {
    if (view.admission) return Promise.all(keys.map((key) => this.find(key, view)));
    return this.#batches.find(keys, view);
  }

  /** As {@link findFresh}, for many keys in one round trip, in their order. */
  findManyFresh(
    keys: readonly string[],
    view: EntryView,
    isEnough: IsEnough,
  ): Promise<readonly (FreshValue | FoundEntry | null)[]> {
    return this.#batches.findFresh(keys, view, isEnough);
  }

  prepare(
    key: string,
    value: unknown,
    meta: EntryMeta,
    { compress, admission }: Pick<ResolvedCacheOptions, 'compress' | 'admission'>,
  ): PreparedEntry {
    const { maxValueBytes, hasher } = this.#options;
    const compression = compress ? this.#compression : undefined;
    const encoded = encodeValue(value, maxValueBytes, compression, admission !== null);
    return {
      key,
      meta,
      payload: admission ? framed(encoded) : encoded,
      subject: hasher.subjectOf(key, meta.tagHashes),
      sealing: admission?.terms ?? null,
    };
  }

  hold(
    { meta, subject, payload }: PreparedEntry,
    { isolation, tenant }: Pick<EntryView, 'isolation' | 'tenant'>,
  ): HeldEntry {
    return holdEntry(meta, subject, payload, this.#opener.termsOf(isolation, tenant));
  }

  isTrusted(entry: HeldEntry): boolean {
    const { journal, blindMaxMs } = this.#options;
    return !journal.isCovered(entry.subject, entry.fence) && journal.linkAgeMs() <= blindMaxMs;
  }

  /** As {@link hold}, of what this process is going to keep or to seal; `null`: nobody asks for the value. */
  holdToKeep(
    entry: PreparedEntry,
    view: Pick<EntryView, 'isolation' | 'tenant'>,
  ): HeldEntry | null {
    return this.hasOwnTier || entry.sealing ? this.hold(entry, view) : null;
  }

  async store(
    entry: PreparedEntry,
    held: HeldEntry | null,
    lease?: EndingLease | null,
  ): Promise<boolean> {
    if (entry.sealing && held) {
      return this.#sealed.store(this.#sealing(entry, held, entry.sealing), lease);
    }
    const item = this.#itemOf(entry, held);
    return item !== null && this.#stored.put(item, lease);
  }

  /**
   * The stored bytes of a key, from the store itself, with the entry that they hold if it is valid: what an update
   * compares with. Rejects when the store did not answer.
   */
  async readStored(
    key: string,
    view: EntryView,
  ): Promise<{ readonly bytes: Uint8Array | null; readonly entry: HeldEntry | null }> {
    const { versions, clock } = this.#options;
    const version = versions.versionOf(view.template, key);
    const { admission } = view;
    if (admission) return this.#sealed.readStored(this.#placeOf(key, version, view, admission));
    const bytes = await this.#stored.latest(this.#name(key, version));
    return { bytes, entry: bytes && this.#opener.open(key, version, view, bytes, clock.now()) };
  }

  /** Stores in both tiers if the store still holds `expected`; resolves with whether it did. */
  async replace(
    entry: PreparedEntry,
    held: HeldEntry,
    expected: Uint8Array | null,
  ): Promise<boolean> {
    if (entry.sealing) {
      return this.#sealed.replace(this.#sealing(entry, held, entry.sealing), expected);
    }
    const item = this.#itemOf(entry, held, false);
    const isStored = item !== null && (await this.#stored.replace(item, expected));
    if (isStored) this.#own.put(entry.key, held);
    return isStored;
  }

  remove(keys: readonly string[]): Promise<number | null> {
    const { all } = this.#options.versions;
    for (const key of keys) this.#own.drop(key);
    return this.#stored.remove(
      keys.flatMap((key) => all.map((version) => this.#name(key, version))),
    );
  }

  /** Removes what stands in the store under these names, whatever keys they are of. */
  removeNames(names: readonly string[]): Promise<number | null> {
    return this.#stored.remove(names);
  }

  /** Forgets what this process holds of one key. */
  drop(key: string): void {
    this.#own.drop(key);
  }

  /** Forgets what this process holds; the store is left alone. */
  forget(): void {
    this.#own.clear();
  }

  /** What is written from now on is compressed so, or not at all; what is read is what was written. */
  setCompression(isEnabled: boolean, thresholdBytes: number): void {
    const { compressor } = this.#options.compression;
    this.#compression = {
      ...this.#options.compression,
      compressor: isEnabled ? compressor : 'none',
      thresholdBytes,
    };
  }

  setRelieving(isRelieving: boolean): void {
    this.#own.setRelieving(isRelieving);
  }

  #name(key: string, version: number): string {
    return this.#options.keys.entry(key, version);
  }

  /** The item to store, after the entry was put into the own tier; `null` if it is over or covered by now. */
  #itemOf({ key, meta, payload, subject }: PreparedEntry, held: HeldEntry | null, isKept = true) {
    const { clock, keys, journal } = this.#options;
    const ttlMs = Math.ceil(meta.keptUntil - clock.now());
    const isServable = held ? this.#own.isServable(held) : !journal.isCovered(subject, meta.fence);
    if (ttlMs <= 0 || !isServable) return null;
    if (held && isKept) this.#own.put(key, held);
    const name = this.#name(key, meta.schemaVersion);
    const seedText = keys.areSecret ? name : key;
    const item: StoredItem = {
      key: name,
      value: packEntry({ ...meta, ...payload, hashes: subject.hashes }, seedText),
      ttlMs,
    };
    return item;
  }

  #placeOf(key: string, version: number, view: EntryView, { terms }: Admission): SealedPlace {
    const known = this.#places.get(view);
    if (known?.key === key && known.version === version) return known;
    const place = { key, version, view, terms, name: this.#name(key, version) };
    this.#places.set(view, place);
    return place;
  }

  #sealing(entry: PreparedEntry, held: HeldEntry, terms: SealTerms): Sealing {
    return { entry, held, terms, name: this.#name(entry.key, entry.meta.schemaVersion) };
  }
}
