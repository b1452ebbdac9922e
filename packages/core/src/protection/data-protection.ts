import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { Admission } from './admission.js';
import type { NameProtection } from './name-protection.js';
import type { PayloadSeal } from './payload-seal.js';

/**
 * What keeps protected data apart and unreadable, wherever a store keeps it: names without meaning, values under seal, and
 * a say in who gets at which entry. At most one plugin brings one.
 */
export interface DataProtection {
  readonly names: NameProtection;
  readonly seal: PayloadSeal;
  /**
   * Gets the keys that every call needs; called once, before anything is named. Rejects with a `CacheError` that keeps the
   * application down: `start()` rejects with it. A cache that is used all the same calls loaders, and what writes or
   * invalidates rejects. Given up after ten seconds.
   */
  open(): Promise<void>;
  /** Lets go of all keys; resolves within bounds. */
  close(): Promise<void>;
  /**
   * Called for each key of every `read`, `set` and `update` of protected data in the caller's async context, before anything
   * is looked up. `null`: the cache is left out, and the loader is called.
   * @throws CacheError to refuse the call
   */
  admit(key: string, options: ResolvedCacheOptions): Admission | null;
  /**
   * What becomes of the tags that a value tells, or its loader sets, of whatever data: too late for {@link admit}.
   * @throws CacheError where the value must not be stored; it is returned all the same
   */
  toldTags?(tags: readonly string[], options: ResolvedCacheOptions): readonly string[];
}
