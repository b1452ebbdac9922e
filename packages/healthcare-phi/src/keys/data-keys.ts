import {
  assertOptionNames,
  CacheError,
  type Clock,
  type ComplianceLevel,
  type ICacheProvider,
  type OptionNames,
  systemClock,
} from '@vitalcache/core';

import type { Exposure } from '../start-checks.js';
import type { DataKeySource, KeyOwner } from './data-key.js';
import { DerivedDataKeys } from './derived-data-keys.js';
import { DerivedTenantKeySource } from './derived-tenant-key.source.js';
import { KeyEpochs } from './key-epochs.js';
import { KeyFlights } from './key-flights.js';
import { assertKeysApart } from './key-store.separation.js';
import { KeyShredder } from './key-shredder.js';
import type { Keyring } from './keyring/keyring.js';
import type { KeyProvider } from './providers/key-provider.js';
import { LocalKeyringProvider } from './providers/local-keyring.provider.js';
import type { IShredChannel } from './shred-channel.js';
import { StoredDataKeys } from './stored-data-keys.js';
import { StoredTenantKeySource } from './stored-tenant-key.source.js';
import type { KeyStore } from './stores/key-store.js';
import { TenantKeys } from './tenant-keys.js';

export interface DataKeysOptions {
  readonly keyring: Pick<Keyring, 'kek'>;
  /** What wraps the keys of tenants. Default: the keyring. */
  readonly provider?: KeyProvider;
  /** `null`: sealing works, shredding does not, and restricted data is refused. */
  readonly store: KeyStore | null;
  /** The longest time that anything sealed may be readable, emergency data included. */
  readonly longestMs: number;
  /** Default: 24 hours. */
  readonly epochMs?: number;
  /** `stored`: a key of its own for each subject of every level, which can be shredded at once. Default: `derived`. */
  readonly subjectKeys?: 'derived' | 'stored';
  readonly channel?: IShredChannel;
  /** For which a call waits for a key at most. Default: 2 000. */
  readonly patienceMs?: number;
  readonly clock?: Clock;
  /** Told that keys can't be had, once a minute at most. */
  readonly warn?: (message: string) => void;
}

const NAMES: OptionNames<DataKeysOptions> = {
  keyring: true,
  provider: true,
  store: true,
  longestMs: true,
  epochMs: true,
  subjectKeys: true,
  channel: true,
  patienceMs: true,
  clock: true,
  warn: true,
};

const FAILING = 'Protected data goes to its loader where its key is not at hand.';
/** After a failure to get a key, the next try. */
const PAUSE_MS = 1_000;

/** The keys that data is sealed with, of all tenants: where they come from, and their end. */
export class DataKeys {
  /** Whether destroying a key is all that it takes to make what it sealed unreadable. */
  readonly shredding: 'available' | 'unavailable';
  readonly shredder: KeyShredder;
  readonly #derived: DerivedDataKeys;
  readonly #stored: StoredDataKeys | null;
  readonly #tenants: TenantKeys;
  readonly #flights: KeyFlights;
  readonly #options: DataKeysOptions;
  #unsubscribe: (() => void) | undefined;

  /** @throws CacheError `CONFIG_INVALID` */
  constructor(options: DataKeysOptions) {
    assertOptionNames('DataKeys', options, NAMES);
    const { store, clock = systemClock, patienceMs = 2_000, keyring } = options;
    this.#options = options;
    this.shredding = store ? 'available' : 'unavailable';
    const epochs = new KeyEpochs(options);
    const onFailure = ({ message }: CacheError): void => options.warn?.(`${FAILING} ${message}`);
    const flights = new KeyFlights({ clock, patienceMs, pauseMs: PAUSE_MS, onFailure });
    this.#flights = flights;
    const provider = store && (options.provider ?? new LocalKeyringProvider(keyring));
    const source =
      store && provider
        ? new StoredTenantKeySource(store, provider, epochs)
        : new DerivedTenantKeySource(keyring, epochs);
    const tenants = new TenantKeys({ source, epochs, flights, clock });
    this.#tenants = tenants;
    this.#derived = new DerivedDataKeys(tenants, clock);
    this.#stored = store && new StoredDataKeys({ tenants, store, epochs, flights, clock });
    this.shredder = new KeyShredder({
      store,
      mode: options.subjectKeys ?? 'derived',
      channel: options.channel ?? null,
      clock,
      purge: (owner) => this.purge(owner),
    });
    if (options.subjectKeys === 'stored') this.assertServes('restricted');
  }

  /** Why keys could not be had lately; `null` where they could. */
  get reason(): string | null {
    const { failure } = this.#flights;
    return failure && `${FAILING} ${failure.message}`;
  }

  /** @throws CacheError of the key store, to keep the application down */
  async open(): Promise<void> {
    await this.#options.store?.open?.();
    this.#unsubscribe = this.#options.channel?.subscribe((notice) =>
      this.purge(notice ?? undefined),
    );
  }

  /** As {@link assertKeysApart}. @throws CacheError `CONFIG_INVALID` if keys would be kept beside values */
  async assertApartFrom(
    provider: ICacheProvider,
    namespace: string,
    exposures: readonly Exposure[],
  ): Promise<boolean> {
    const { store } = this.#options;
    return store ? assertKeysApart(store, provider, namespace, exposures) : true;
  }

  async close(): Promise<void> {
    this.#unsubscribe?.();
    this.purge();
    await this.#options.store?.close?.();
  }

  /** Whether data of this level can be sealed; to be asked at start. @throws CacheError `CONFIG_INVALID` */
  assertServes(level: ComplianceLevel): void {
    if (level !== 'restricted' || this.#stored) return;
    throw new CacheError(
      'CONFIG_INVALID',
      'Restricted data, and subjectKeys: "stored", need a key store, so that a key can be destroyed; set CACHE_KEY_STORE_URL, or give a KeyStore.',
    );
  }

  /** Where the keys of a level come from. @throws CacheError `CONFIG_INVALID` as {@link assertServes} */
  of(level: ComplianceLevel): DataKeySource {
    this.assertServes(level);
    const isStored = level === 'restricted' || this.#options.subjectKeys === 'stored';
    return isStored && this.#stored ? this.#stored : this.#derived;
  }

  /** Lets go of keys in this process: of an owner (without a subject: of the whole tenant), or of all. */
  purge(owner?: KeyOwner): void {
    this.#stored?.purge(owner);
    this.#derived.purge(owner);
    if (!owner || owner.subject === null) this.#tenants.purge(owner?.tenant);
  }
}
