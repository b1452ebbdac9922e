import type { KeyObject } from 'node:crypto';

import { CacheError } from '@vitalcache/core';

import { deriveKey } from './derive-key.js';
import { epochOf, idOf, type KeyEpochs } from './key-epochs.js';
import { isUsable, type Keyring } from './keyring/keyring.js';
import type { TenantKey, TenantKeySource } from './tenant-key.source.js';

/**
 * Keys of tenants that anybody with the keyring can derive again: for set-ups without a key store. Nothing can be shredded;
 * what makes old data unreadable is the end of a kek only.
 */
export class DerivedTenantKeySource implements TenantKeySource {
  readonly canShred = false;
  readonly #keks: readonly { readonly key: KeyObject; readonly mark: Buffer }[];
  readonly #epochs: KeyEpochs;

  /** @throws CacheError `CONFIG_INVALID` for a keyring without `kek` */
  constructor(keyring: Pick<Keyring, 'kek'>, epochs: KeyEpochs) {
    this.#keks = keyring.kek
      .filter(isUsable)
      .map(({ key }) => ({ key, mark: deriveKey(key, 'kek/mark').export() }));
    this.#epochs = epochs;
    if (this.#keks.length > 0) return;
    throw new CacheError(
      'CONFIG_INVALID',
      'Without a key store the keyring needs a kek; add one (generateKeyring() makes it), or set CACHE_KEY_STORE_URL.',
    );
  }

  async current(tenant: string, epoch: number): Promise<TenantKey> {
    const [{ key, mark }] = this.#keks as [{ key: KeyObject; mark: Buffer }];
    return this.#derived(key, tenant, idOf(epoch, mark));
  }

  async find(tenant: string, id: string): Promise<TenantKey | null> {
    const kek = this.#keks.find(({ mark }) => idOf(epochOf(id), mark) === id);
    return kek ? this.#derived(kek.key, tenant, id) : null;
  }

  async isThere(): Promise<boolean> {
    return true;
  }

  #derived(kek: KeyObject, tenant: string, id: string): TenantKey {
    const epoch = epochOf(id);
    return {
      id,
      key: deriveKey(kek, 'kek/tek', tenant, String(epoch)),
      expiresAt: this.#epochs.expiryOf(epoch),
    };
  }
}
