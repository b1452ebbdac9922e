import type { HeldEntry } from '../entry/held-entry.js';
import { SealedHeldEntry } from '../entry/sealed-held.entry.js';
import type { PayloadSeal, SealTerms } from '../protection/payload-seal.js';
import type { ReadOptions, StoredItem } from '../provider/cache-provider.js';
import type { EntryStore } from './entry-store.js';
import type { EndingLease, FoundEntry, PreparedEntry } from './found-entry.js';
import type { OwnTier } from './own-tier.js';
import {
  SealedEntries,
  type MaybeLater,
  type OpenedEntry,
  type SealedEntry,
  type SealedEntriesOptions,
  type SealedPlace,
} from './sealed-entries.js';

export interface SealedRepositoryOptions extends Omit<SealedEntriesOptions, 'seal'> {
  /** `null`: nothing is ever sealed. */
  readonly seal: PayloadSeal | null;
}

/** An entry that is going to be stored under seal. */
export interface Sealing {
  readonly entry: PreparedEntry;
  /** Its value, for those who asked for it. */
  readonly held: HeldEntry;
  readonly terms: SealTerms;
  readonly name: string;
}

interface SealedItem {
  /** `null`: it is over or covered by now, or there is no key. */
  readonly item: StoredItem | null;
  /** What this process may hold. */
  readonly own: HeldEntry | null;
}

const NOTHING: SealedItem = { item: null, own: null };

/** Both tiers of the entries that are sealed; each find opens anew, so that every caller has a value of their own. */
export class SealedRepository {
  readonly #options: SealedRepositoryOptions;
  readonly #sealed: SealedEntries | null;
  readonly #stored: EntryStore;
  readonly #own: OwnTier;

  constructor(options: SealedRepositoryOptions, stored: EntryStore, own: OwnTier) {
    const { seal } = options;
    this.#options = options;
    this.#sealed = seal && new SealedEntries({ ...options, seal });
    this.#stored = stored;
    this.#own = own;
  }

  /** Never rejects. */
  find(place: SealedPlace, how?: ReadOptions): Promise<FoundEntry | null> {
    const { key, version } = place;
    const own = this.#own.peek(key);
    if (!(own instanceof SealedHeldEntry) || own.schemaVersion !== version) {
      return this.#findStored(place, how);
    }
    const found = (opened: OpenedEntry | null): Promise<FoundEntry | null> => {
      if (opened) return Promise.resolve({ entry: opened.entry, tier: 'l1' });
      this.#own.drop(key);
      return this.#findStored(place, how);
    };
    const opened = this.#sealed?.open(place, own.stored) ?? null;
    return opened instanceof Promise ? opened.then(found) : found(opened);
  }

  #findStored(place: SealedPlace, how?: ReadOptions): Promise<FoundEntry | null> {
    const found = (entry: HeldEntry | null): FoundEntry | null => entry && { entry, tier: 'l2' };
    const open = (bytes: Uint8Array | null): MaybeLater<FoundEntry | null> => {
      const entry = bytes && this.#open(place, bytes);
      return entry instanceof Promise ? entry.then(found) : found(entry);
    };
    return this.#stored.find(place.name, open, how);
  }

  /** As that of the repository. */
  async readStored(
    place: SealedPlace,
  ): Promise<{ readonly bytes: Uint8Array | null; readonly entry: HeldEntry | null }> {
    const bytes = await this.#stored.latest(place.name);
    return { bytes, entry: bytes && (await this.#open(place, bytes)) };
  }

  /** As that of the repository; resolves with false also when there is no key. */
  async store(sealing: Sealing, lease?: EndingLease | null): Promise<boolean> {
    const sealed = this.#seal(sealing);
    // Where the key is at hand this process holds it before anybody else asks.
    const { item, own } = sealed instanceof Promise ? await sealed : sealed;
    if (own) this.#own.put(sealing.entry.key, own);
    return item !== null && this.#stored.put(item, lease);
  }

  /** As that of the repository; resolves with false also when there is no key. */
  async replace(sealing: Sealing, expected: Uint8Array | null): Promise<boolean> {
    const { item, own } = await this.#seal(sealing);
    const isStored = item !== null && (await this.#stored.replace(item, expected));
    if (isStored && own) this.#own.put(sealing.entry.key, own);
    return isStored;
  }

  #open(place: SealedPlace, bytes: Uint8Array): MaybeLater<HeldEntry | null> {
    const held = (opened: OpenedEntry | null): HeldEntry | null => {
      if (opened?.own) this.#own.put(place.key, opened.own);
      return opened?.entry ?? null;
    };
    const opened = this.#sealed?.open(place, bytes) ?? null;
    return opened instanceof Promise ? opened.then(held) : held(opened);
  }

  /** What is invalidated while a key is had counts as well: it is looked at in the step that seals. */
  #seal({ entry, held, terms, name }: Sealing): MaybeLater<SealedItem> {
    const { clock } = this.#options;
    const { keptUntil } = entry.meta;
    const isWanted = (): boolean => keptUntil > clock.now() && this.#own.isServable(held);
    const itemOf = (sealed: SealedEntry | null): SealedItem => {
      if (!sealed) return NOTHING;
      const ttlMs = Math.max(1, Math.ceil(keptUntil - clock.now()));
      return { item: { key: name, value: sealed.bytes, ttlMs }, own: sealed.own };
    };
    if (!isWanted()) return NOTHING;
    const place = { name, terms, tenant: held.tenant };
    const sealed = this.#sealed?.seal(entry, place, isWanted) ?? null;
    return sealed instanceof Promise ? sealed.then(itemOf) : itemOf(sealed);
  }
}
