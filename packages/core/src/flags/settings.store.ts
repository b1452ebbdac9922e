import { within, type Clock } from '../clock/clock.js';
import { CacheError, isCacheError } from '../errors/cache.error.js';
import type { ICacheProvider } from '../provider/cache-provider.js';
import { capabilitiesOf } from '../provider/provider-capabilities.js';
import {
  readDocument,
  writeDocument,
  type SettingsDocument,
  type Unreadable,
} from './settings-document.js';

/** Eight years: the longest that every store accepts. Each change counts anew. */
const TTL_MS = 8 * 365 * 86_400_000;

/** The record as it was found: its bytes, and what they say. */
export interface SettingsRecord {
  /** `null` when there is none. */
  readonly bytes: Uint8Array | null;
  readonly found: SettingsDocument | Unreadable;
}

/** Reads and writes the one record of a namespace's settings, each within a deadline. */
export class SettingsStore {
  readonly #provider: ICacheProvider;

  constructor(
    provider: ICacheProvider,
    private readonly name: string,
    private readonly clock: Clock,
    private readonly deadlineMs: number,
  ) {
    this.#provider = provider;
  }

  /** @throws CacheError `STORE_UNAVAILABLE`, `STORE_TIMEOUT` */
  async read(): Promise<SettingsRecord> {
    const bytes = await this.inTime(() => this.#provider.get(this.name, { isLatest: true }));
    return { bytes, found: readDocument(bytes) };
  }

  /**
   * Resolves with false when another record stands there by now. A store that can't compare takes the last one that is
   * written.
   * @throws CacheError `STORE_UNAVAILABLE`, `STORE_TIMEOUT`: it may still take effect then
   */
  write(document: SettingsDocument, expected: Uint8Array | null): Promise<boolean> {
    const { compare } = capabilitiesOf(this.#provider);
    const value = writeDocument(document);
    return this.inTime(async () => {
      if (compare) {
        return compare.setIfUnchanged({ key: this.name, value, ttlMs: TTL_MS }, expected);
      }
      await this.#provider.set(this.name, value, TTL_MS);
      return true;
    });
  }

  /** Work within the deadline; it fails with an error of the cache's own, which quotes nobody. */
  async inTime<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await within(this.clock, this.deadlineMs, work(), () => {
        throw new CacheError('STORE_TIMEOUT', `No answer within ${this.deadlineMs} ms.`);
      });
    } catch (error) {
      if (isCacheError(error)) throw error;
      throw new CacheError('STORE_UNAVAILABLE', 'The store failed.'); // its words may hold anything
    }
  }
}
