import { within, type Clock } from '../clock/clock.js';
import type { EntryMeta } from '../entry/entry.js';
import { FENCE_BYTES, SAME_BYTES, packEntry, unpackEntry } from '../entry/entry-header.codec.js';
import { holdEntry, L1Cache, type HeldEntry } from '../entry/l1.cache.js';
import { encodeValue, type CompressionPolicy, type EncodedValue } from '../entry/value.codec.js';
import { CacheError } from '../errors/cache.error.js';
import type { Journal } from '../journal/journal.js';
import type { ICacheProvider, StoredItem } from '../provider/cache-provider.js';
import { capabilitiesOf, type ProviderCapabilities } from '../provider/provider-capabilities.js';
import { subjectOf, type Subject } from '../validity/cover-hash.js';
import type { StoreKeys } from './store-keys.js';

/** Where an entry was found. */
export type Tier = 'l1' | 'l2';

/** A valid entry, fresh, stale or expired but kept. */
export interface FoundEntry {
  readonly entry: HeldEntry;
  readonly tier: Tier;
}

/** An encoded entry that is about to be stored. */
export interface PreparedEntry {
  readonly key: string;
  readonly subject: Subject;
  readonly meta: EntryMeta;
  readonly payload: EncodedValue;
}

/** What a stored value means: from keys to entries and back. Knows neither when to load nor why. */
export interface ICacheRepository {
  /** The valid entry that this process holds, without waiting; `null` if there is none. */
  peek(key: string): HeldEntry | null;
  /** The valid entry of either tier; `null` if there is none or the store did not answer in time. Never rejects. */
  find(key: string): Promise<FoundEntry | null>;
  /**
   * Encodes a value, without storing it.
   * @throws CacheError `VALUE_INVALID`
   */
  prepare(key: string, value: unknown, meta: EntryMeta, isCompressed: boolean): PreparedEntry;
  /** The entry as this process hands it out: its value is a copy that no caller can change for others. */
  hold(entry: PreparedEntry): HeldEntry;
  /** Stores in both tiers, unless it is covered by now or something later is there. Rejects when the store failed. */
  store(entry: PreparedEntry, held: HeldEntry): Promise<void>;
  /** Removes physically; resolves with the number of stored entries that existed, `null` if it is not known. */
  remove(keys: readonly string[]): Promise<number | null>;
}

export interface CacheRepositoryOptions {
  readonly provider: ICacheProvider;
  readonly journal: Journal;
  readonly keys: StoreKeys;
  readonly clock: Clock;
  readonly l1MaxBytes: number;
  readonly maxValueBytes: number;
  /** `compressor: 'none'` switches compression off for all entries. */
  readonly compression: CompressionPolicy;
  /** How long a read waits for the store before it goes on without. */
  readonly readBudgetMs: number;
  /** Longest time without news from the journal for which an own entry is still trusted. */
  readonly blindMaxMs: number;
  /** Version of the values' shape; entries of another are misses. */
  readonly schemaVersion: number;
  /** Something was wrong that the caller need not know: counted, never thrown. */
  readonly onFault: (fault: RepositoryFault, error?: unknown) => void;
}

/** Faults that turn into a miss. */
export type RepositoryFault = 'store-timeout' | 'store-failed' | 'entry-corrupt' | 'blind';

export class CacheRepository implements ICacheRepository {
  readonly #options: CacheRepositoryOptions;
  readonly #store: ProviderCapabilities;
  readonly #l1: L1Cache;

  constructor(options: CacheRepositoryOptions) {
    this.#options = options;
    this.#store = capabilitiesOf(options.provider);
    this.#l1 = new L1Cache(options.l1MaxBytes);
  }

  /** What the process's own tier holds. */
  get l1(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.#l1.size, bytes: this.#l1.bytes };
  }

  peek(key: string): HeldEntry | null {
    const { journal, clock, blindMaxMs } = this.#options;
    const held = this.#l1.get(key);
    if (!held) return null;
    if (
      held.keptUntil <= clock.now() ||
      journal.isCovered(held.subject, held.fence, held.checkedAt)
    ) {
      this.#l1.delete(key);
      return null;
    }
    if (journal.linkAgeMs() > blindMaxMs) return null;
    held.checkedAt = journal.position;
    return held;
  }

  async find(key: string): Promise<FoundEntry | null> {
    const own = this.peek(key);
    if (own) return { entry: own, tier: 'l1' };
    const bytes = await this.#fetch(key);
    const entry = bytes && this.#open(key, bytes);
    return entry ? { entry, tier: 'l2' } : null;
  }

  prepare(key: string, value: unknown, meta: EntryMeta, isCompressed: boolean): PreparedEntry {
    const { maxValueBytes, compression } = this.#options;
    const payload = encodeValue(value, maxValueBytes, isCompressed ? compression : undefined);
    return { key, meta, payload, subject: subjectOf(key, meta.tagHashes) };
  }

  hold({ meta, subject, payload }: PreparedEntry): HeldEntry {
    return holdEntry(meta, subject, payload, this.#options.maxValueBytes);
  }

  async store({ key, subject, meta, payload }: PreparedEntry, held: HeldEntry): Promise<void> {
    const { journal, clock, provider, keys } = this.#options;
    const ttlMs = Math.ceil(meta.keptUntil - clock.now());
    if (ttlMs <= 0 || journal.isCovered(subject, meta.fence)) return;
    held.checkedAt = journal.position;
    this.#l1.put(key, held);
    const item: StoredItem = {
      key: keys.entry(key),
      value: packEntry({ ...meta, ...payload }, key),
      ttlMs,
    };
    if (this.#store.fenced) await this.#store.fenced.setFenced(item, SAME_BYTES, FENCE_BYTES);
    else await provider.set(item.key, item.value, ttlMs);
  }

  async remove(keys: readonly string[]): Promise<number | null> {
    for (const key of keys) this.#l1.delete(key);
    const names = keys.map((key) => this.#options.keys.entry(key));
    if (this.#store.batch && names.length > 1) return this.#store.batch.delMany(names);
    const removed = await Promise.all(names.map((name) => this.#options.provider.del(name)));
    return removed.reduce<number | null>(
      (total, count) => (total === null || typeof count !== 'number' ? null : total + count),
      0,
    );
  }

  /** Forgets what this process holds; the store is left alone. */
  forget(): void {
    this.#l1.clear();
  }

  /** The stored bytes, once it is known that the journal can be trusted. */
  async #fetch(key: string): Promise<Uint8Array | null> {
    const { provider, keys, clock, journal, readBudgetMs, onFault } = this.#options;
    const read = async (): Promise<Uint8Array | null> => {
      const [bytes, isKnown] = await Promise.all([
        provider.get(keys.entry(key)),
        journal.isBlind() ? journal.catchUp() : true,
      ]);
      if (!isKnown) onFault('blind');
      return isKnown ? bytes : null;
    };
    const guarded = read().catch((error: unknown) => {
      onFault('store-failed', error);
      return null;
    });
    return within(clock, readBudgetMs, guarded, () => {
      onFault('store-timeout');
      return null;
    });
  }

  /** Bytes from outside are believed only after every check; whatever is wrong with them is a miss. */
  #open(key: string, bytes: Uint8Array): HeldEntry | null {
    const { journal, clock, maxValueBytes, schemaVersion, onFault } = this.#options;
    try {
      const packed = unpackEntry(bytes, key);
      if (!packed) throw new CacheError('VALUE_INVALID', 'unreadable');
      const { payload, codec, compressor, rawLength, ...meta } = packed;
      if (meta.schemaVersion !== schemaVersion || meta.keptUntil <= clock.now()) return null;
      const subject = subjectOf(key, meta.tagHashes);
      if (journal.isCovered(subject, meta.fence)) return null;
      const held = holdEntry(
        meta,
        subject,
        { payload, codec, compressor, rawLength },
        maxValueBytes,
      );
      held.checkedAt = journal.position;
      this.#l1.put(key, held);
      return held;
    } catch {
      onFault('entry-corrupt'); // the decoder's message may quote the value
      return null;
    }
  }
}
