import {
  isCacheError,
  within,
  type CacheLogger,
  type Clock,
  type ICacheProvider,
} from '@vitalcache/core';

import type { DataKeys } from './keys/data-keys.js';
import { assertEncryptedConnections, exposuresOf } from './start-checks.js';

/** After a look at stores that did not all answer, the next one. */
const PAUSE_MS = 1_000;
/** A look takes no longer: what does not answer by then is asked again. */
const LOOK_MS = 10_000;

export interface ValueStoresGuardOptions {
  readonly keys: Pick<DataKeys, 'assertApartFrom'>;
  /** Where values are kept; asked for when it is needed. */
  readonly values: () => { readonly provider: ICacheProvider; readonly namespace: string };
  /** Whether connections over a network must be encrypted. */
  readonly wantsEncryption: boolean;
  readonly clock: Clock;
  readonly logger: Pick<CacheLogger, 'error'>;
}

/**
 * Sees to it that nothing protected is stored before every store was looked at: that it is reached safely, and is not where
 * the keys are. A store that does not answer at start is looked at when it does; until then the cache is left out.
 */
export class ValueStoresGuard {
  readonly #options: ValueStoresGuardOptions;
  #isSafe = false;
  #refusal: string | null = null;
  #looking: Promise<void> | null = null;
  #nextLookAt = 0;

  constructor(options: ValueStoresGuardOptions) {
    this.#options = options;
  }

  /** Answers at once; where it is not known yet, it is soon. */
  get isSafe(): boolean {
    if (!this.#isSafe && this.#refusal === null) this.#lookAgain();
    return this.#isSafe;
  }

  /** Why nothing protected is stored, for the health; `null` if it is. */
  get reason(): string | null {
    if (this.#isSafe) return null;
    return (
      this.#refusal ??
      'Protected data is not cached yet: not all stores have answered since the start, to see whether they are reached safely and apart from the keys.'
    );
  }

  /** Whether something is wrong, not merely unknown. */
  get isRefused(): boolean {
    return this.#refusal !== null;
  }

  /** Looks at all stores that answer. @throws CacheError `CONFIG_INVALID` if one of them must not hold protected data */
  async look(): Promise<void> {
    const { keys, values, wantsEncryption } = this.#options;
    const { provider, namespace } = values();
    const exposures = await exposuresOf(provider);
    if (wantsEncryption) assertEncryptedConnections(exposures ?? []);
    const areApart = await keys.assertApartFrom(provider, namespace, exposures ?? []);
    const haveAnswered = exposures?.every(({ isReachable }) => isReachable !== false) ?? false;
    this.#isSafe = areApart && haveAnswered;
  }

  /** Resolves when nothing is looked at any more. */
  async settled(): Promise<void> {
    await this.#looking;
  }

  #lookAgain(): void {
    const { clock, logger } = this.#options;
    const leftMs = this.#nextLookAt - clock.now();
    if (this.#looking || (leftMs > 0 && leftMs <= PAUSE_MS)) return;
    this.#looking = within(clock, LOOK_MS, this.look(), () => undefined)
      .catch((error: unknown) => {
        if (!isCacheError(error, 'CONFIG_INVALID')) return; // it could not be asked; once more, later
        this.#refusal = `Protected data is not cached: ${error.message}`;
        logger.error(this.#refusal);
      })
      .finally(() => {
        this.#looking = null;
        this.#nextLookAt = clock.now() + PAUSE_MS;
      });
  }
}
