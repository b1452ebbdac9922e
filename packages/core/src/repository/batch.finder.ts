import type { Clock } from '../clock/clock.js';
import type { CacheVersioningService } from '../versioning/cache-versioning.service.js';
import type { EntryOpener } from './entry-opener.js';
import type { EntryStore } from './entry-store.js';
import type { EntryView, FoundEntry, FreshValue, IsEnough } from './found-entry.js';
import type { OwnTier } from './own-tier.js';
import type { StoreKeys } from './store-keys.js';

export interface BatchFinderOptions {
  readonly versions: CacheVersioningService;
  readonly keys: StoreKeys;
  readonly clock: Clock;
  readonly stored: EntryStore;
  readonly opener: EntryOpener;
  readonly own: OwnTier;
}

/** Makes what is looked for of the bytes of a key. */
type OpenOne<T> = (key: string, version: number, bytes: Uint8Array, nowMs: number) => T | null;

/** Looks for many keys at once, in both tiers; not for what is sealed. */
export class BatchFinder {
  readonly #options: BatchFinderOptions;

  constructor(options: BatchFinderOptions) {
    this.#options = options;
  }

  find(keys: readonly string[], view: EntryView): Promise<readonly (FoundEntry | null)[]> {
    const { opener } = this.#options;
    return this.#find<FoundEntry>(keys, view, (key, version, bytes, nowMs) => {
      const entry = opener.open(key, version, view, bytes, nowMs);
      return entry && { entry, tier: 'l2' };
    });
  }

  findFresh(
    keys: readonly string[],
    view: EntryView,
    isEnough: IsEnough,
  ): Promise<readonly (FreshValue | FoundEntry | null)[]> {
    const { opener } = this.#options;
    return this.#find<FreshValue | FoundEntry>(keys, view, (key, version, bytes, nowMs) =>
      opener.openFresh(key, version, view, bytes, nowMs, isEnough),
    );
  }

  async #find<T extends FreshValue | FoundEntry>(
    keys: readonly string[],
    view: EntryView,
    open: OpenOne<T>,
  ): Promise<readonly (T | FoundEntry | null)[]> {
    const { versions, clock, stored, own, keys: storeKeys } = this.#options;
    const found = new Array<T | FoundEntry | null>(keys.length).fill(null);
    const missing: { readonly place: number; readonly key: string; readonly version: number }[] =
      [];
    const names: string[] = [];
    keys.forEach((key, place) => {
      const version = versions.versionOf(view.template, key);
      const entry = own.find(key, version, view);
      if (entry) found[place] = { entry, tier: 'l1' };
      else {
        missing.push({ place, key, version });
        names.push(storeKeys.entry(key, version));
      }
    });
    await stored.findMany(names, (answers, places) => {
      const nowMs = clock.now();
      places.forEach((at, i) => {
        const [one, bytes] = [missing[at], answers[i]];
        if (bytes && one) found[one.place] = open(one.key, one.version, bytes, nowMs);
      });
    });
    return found;
  }
}
