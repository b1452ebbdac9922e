import { within, type Clock } from '../clock/clock.js';
import { CacheError, isCacheError } from '../errors/cache.error.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import { isProtected } from '../strategy/protected-data.js';
import type { Admission } from './admission.js';
import type { DataProtection } from './data-protection.js';

/** How long keys may take to be had, or to be let go of. */
const PHASE_MS = 10_000;

/** A key and its options, as everything behind the admission works with them. */
export interface Admitted {
  readonly key: string;
  readonly options: ResolvedCacheOptions;
}

/** What was made of an admission, and the options that it was made of. */
interface Known {
  readonly given: ResolvedCacheOptions;
  readonly admitted: Admitted;
}

/**
 * The protection of a cache while it opens, is open, or failed to: until it is open nothing has a name, so that nothing
 * is read, stored or recorded. It is opened once; what failed stays closed.
 */
export class ProtectionGate {
  readonly #protection: DataProtection | null;
  readonly #clock: Clock;
  #opening: Promise<boolean> | null = null;
  #isOpen: boolean;
  #refusal: CacheError | null = null;
  /** By an admission that the protection gives again and again: options are many members to copy. */
  readonly #admitted = new WeakMap<Admission, Known>();

  /** @param protection `null`: there is nothing to open */
  constructor(protection: DataProtection | null, clock: Clock) {
    this.#protection = protection;
    this.#clock = clock;
    this.#isOpen = protection === null;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Why it could not be opened; `null` before it was tried, and when it could. */
  get refusal(): CacheError | null {
    return this.#refusal;
  }

  /** Resolves with whether it is open, within ten seconds. Never rejects. */
  open(): Promise<boolean> {
    if (this.#isOpen) return Promise.resolve(true);
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /**
   * Waits so long for it to be open, so that something can be named.
   * @throws CacheError what it could not be opened for; `STORE_TIMEOUT`, `CLOSED`
   */
  async pass(ms: number): Promise<void> {
    if (this.#isOpen) return;
    await within(this.#clock, ms, this.open(), () => {
      throw new CacheError(
        'STORE_TIMEOUT',
        'The protection of data is still being opened, so that nothing was recorded. Wait for start() before the cache is used.',
      );
    });
    if (this.#isOpen) return;
    throw this.#refusal ?? new CacheError('CLOSED', 'The protection of data was closed.');
  }

  /** Whether a call has to be admitted. */
  concerns(options: ResolvedCacheOptions): boolean {
    return this.#protection !== null && isProtected(options);
  }

  /**
   * To be called in the caller's async context, before anything is looked up. `null`: the cache is left out.
   * @throws what the protection refuses the call with
   */
  admit(key: string, options: ResolvedCacheOptions): Admitted | null {
    const admission = this.#protection?.admit(key, options) ?? null;
    if (!admission) return null;
    const known = this.#admitted.get(admission);
    if (known?.given === options) return known.admitted;
    const own = Object.freeze({ ...options, admission });
    const admitted = Object.freeze({ key: admission.key, options: own });
    this.#admitted.set(admission, { given: options, admitted });
    return admitted;
  }

  /** Lets go of the keys, within ten seconds. Never rejects. */
  async close(): Promise<void> {
    const opening = this.#opening;
    if (!opening || !this.#protection) return;
    this.#isOpen = false;
    const closing = (async () => this.#protection?.close())().catch(() => undefined); // its keys end with the process
    await within(this.#clock, PHASE_MS, closing, () => undefined);
  }

  async #open(): Promise<boolean> {
    const opening = (async () => this.#protection?.open())();
    try {
      await within(this.#clock, PHASE_MS, opening, () => {
        throw new CacheError(
          'CONFIG_INVALID',
          `The protection of data did not get its keys within ${PHASE_MS} ms; see that where they are kept can be reached, and start again.`,
        );
      });
      this.#isOpen = true;
    } catch (error) {
      this.#refusal = isCacheError(error) ? error : unnamed();
    }
    return this.#isOpen;
  }
}

/** What was thrown may quote a secret. */
function unnamed(): CacheError {
  return new CacheError(
    'CONFIG_INVALID',
    'The protection of data could not be opened, for a reason of its own; see its log.',
  );
}
